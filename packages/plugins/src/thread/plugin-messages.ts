import type { Facts, FunctionPayload, Payload } from '@grid/protocol';

import type { PluginFailure, PluginPart } from '../plugin-part.js';
import type { PluginLife } from '../plugin-table.js';

/* What a host and the thread of its plugins say to each other. */

/** What the thread is told when it starts. */
export interface PluginThreadSetup {
  /** Where packages are looked up that plugins import: a folder. */
  readonly root: string;
  /** Whose plugins they are, for errors: `worker tcp://…`. */
  readonly owner: string;
  readonly life: PluginLife;
  /** What plugins find at what their setup is called with. */
  readonly about: Facts;
  /** The environment of the worker to come, which plugins may change; `null`: there is none. */
  readonly env: Readonly<Record<string, string>> | null;
}

/** One call of a hook: its name, and its arguments. `encoded`: where an encoded value stands among them. */
export type Note = readonly [hook: string, args: readonly unknown[], encoded?: number];

export type ToPluginThread =
  | { readonly kind: 'add'; readonly call: number; readonly part: PluginPart }
  | { readonly kind: 'drop'; readonly call: number; readonly name: string }
  | { readonly kind: 'close'; readonly call: number }
  | { readonly kind: 'run'; readonly call: number; readonly fn: FunctionPayload; readonly args: Payload }
  | { readonly kind: 'notes'; readonly notes: readonly Note[] };

/** The answer to a call. */
export interface PluginAnswer {
  readonly kind: 'answer';
  readonly call: number;
  /** Of `drop`: whether there was one. */
  readonly found: boolean;
  readonly failure: PluginFailure | null;
  /** Of `run`: what the function gave; `null` if it threw, and for all else. */
  readonly value: Payload | null;
  readonly env: Readonly<Record<string, string>> | null;
}

/** A line for the host's log. */
export interface PluginLog {
  readonly kind: 'log';
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly text: string;
  readonly plugin: string;
}

/** A plugin has something to tell at a topic. */
export interface PluginEvent {
  readonly kind: 'event';
  readonly topic: string;
  readonly facts: Facts;
}

/** So many notes have been taken. */
export interface NotesTaken {
  readonly kind: 'taken';
  readonly count: number;
}

export type FromPluginThread = PluginAnswer | PluginLog | PluginEvent | NotesTaken;
