import { formatBytes } from '@grid/common';
import {
  payloadBytes,
  type CallableValue,
  type CodeUnit,
  type FunctionEncoder,
  type FunctionPayload,
  type MessageWith,
} from '@grid/protocol';

import { badArgument } from '../check-arguments.js';
import { ClientError } from '../errors.js';
import { largeCaptureText, largeVariables } from './large-capture.js';
import type { Warn } from './warnings.js';

type FunctionPart = MessageWith<'update-graph'>['functions'][number];

/** How many functions the scheduler keeps for this client beyond those of its tasks. */
const FUNCTIONS_MAX = 1000;

/** How many bytes they may take there, what they capture included. The one used last is kept whatever it takes. */
const BYTES_MAX = 256 * 1024 * 1024;

/** A function that has its number on this connection. */
export interface KnownFunction {
  readonly id: number;
  readonly hash: string;
  readonly name: string;
  /** Whether it has to be called with `new`. */
  readonly isClass: boolean;
}

/** From which size on captured data is worth a word, and from which it is refused. */
export interface CaptureSizes {
  /** Bytes. @defaultValue 10 MB */
  readonly warnBytes: number;
  /** Bytes. The scheduler keeps every function, and one message has to hold it. @defaultValue 2 GiB */
  readonly maxBytes: number;
}

const SIZES: CaptureSizes = { warnBytes: 10_000_000, maxBytes: 2 ** 31 };

/** How many functions are remembered to have been warned of. */
const WARNED_MAX = 1000;

/** What a message has to introduce before it refers to functions. */
export interface Introduction {
  readonly functions: FunctionPart[];
  readonly units: CodeUnit[];
}

interface Entry extends KnownFunction {
  readonly bytes: number;
  readonly units: readonly string[];
  /** The function itself, as long as the program has it. */
  readonly original: WeakRef<CallableValue>;
  /** What is to be sent; gone when it has been, unless it is kept. */
  payload: FunctionPayload | null;
  /** Whether the scheduler has it. */
  isIntroduced: boolean;
}

/** A function that can be introduced again, also when it has been given up here. */
export type KeptFunction = Entry;

/**
 * Numbers the functions of one connection, so that each of them, and each piece of code that they have in common, travels
 * to the scheduler once. Those that have not been used for long are given up: the scheduler then forgets them, and they
 * are introduced anew if they are used again.
 */
export class FunctionTable {
  readonly encoder: FunctionEncoder;
  /** By hash; what was used last is last. */
  readonly #entries = new Map<string, Entry>();
  /** Code that has been introduced: how many introduced functions need it. */
  readonly #units = new Map<string, number>();
  readonly #warn: Warn;
  readonly #sizes: CaptureSizes;
  readonly #keepsPayloads: boolean;
  /** Places of functions that have been warned of: each closure of one place is a function of its own. */
  readonly #warned = new Set<string>();
  #nextId = 0;
  #bytes = 0;
  /** What this client has uploaded: hashes by name. */
  readonly #uploads = new Map<string, string>();
  #uploadsText = '';

  /** @param keepsPayloads - Whether another scheduler may have to be told of all functions. */
  constructor(encoder: FunctionEncoder, warn: Warn, sizes: CaptureSizes = SIZES, keepsPayloads = false) {
    this.encoder = encoder;
    this.#keepsPayloads = keepsPayloads;
    this.#warn = warn;
    this.#sizes = sizes;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** More is known than there is room for. */
  get isOverfull(): boolean {
    return this.#entries.size > FUNCTIONS_MAX || (this.#bytes > BYTES_MAX && this.#entries.size > 1);
  }

  /**
   * Captures `fn` as it is now.
   *
   * @throws {@link ClientError} `GRID_CLIENT_CAPTURE_TOO_LARGE`.
   */
  capture(fn: CallableValue): KnownFunction {
    if (typeof fn !== 'function') throw badArgument('what is to run is a function', fn);
    const payload = this.encoder.capture(fn);
    const entry = this.#entries.get(payload.hash) ?? this.#add(fn, payload);
    this.#entries.delete(entry.hash);
    this.#entries.set(entry.hash, entry);
    // Equal functions may be called differently.
    if (entry.name === payload.name) return entry;
    return { id: entry.id, hash: entry.hash, name: payload.name, isClass: entry.isClass };
  }

  /** The program's own function with this hash, if it has it still, and if that is still what was sent. */
  originalOf(hash: string): CallableValue | undefined {
    const fn = this.#entries.get(hash)?.original.deref();
    return fn !== undefined && this.encoder.hashOf(fn) === hash ? fn : undefined;
  }

  /**
   * What keys of tasks of a function are made from: its hash, and what has been uploaded so far. Any function may import
   * that, so a task that is submitted after an upload is not the same as before.
   */
  keyHashOf({ hash }: KnownFunction): string {
    return this.#uploadsText === '' ? hash : `${hash} ${this.#uploadsText}`;
  }

  /** Notes an upload, in place of the one of the same name. */
  noteUpload(name: string, hash: string): void {
    this.#uploads.set(name, hash);
    this.#uploadsText = textOf(this.#uploads);
  }

  forgetUpload(name: string): void {
    this.#uploads.delete(name);
    this.#uploadsText = textOf(this.#uploads);
  }

  /** Adds `fn`, and the code that it needs, to what a message introduces, as far as that has not been introduced. */
  introduce({ hash }: KnownFunction, into: Introduction): void {
    const entry = this.#entries.get(hash);
    if (entry !== undefined) this.#introduce(entry, into);
  }

  /** What has to be kept to introduce `fn` to another scheduler. */
  keep({ hash }: KnownFunction): KeptFunction | undefined {
    return this.#entries.get(hash);
  }

  /** The scheduler is another one: nothing has been introduced. */
  forgetIntroductions(kept: Iterable<KeptFunction>): void {
    for (const entry of kept) entry.isIntroduced = false;
    for (const entry of this.#entries.values()) entry.isIntroduced = false;
    this.#units.clear();
  }

  /** As {@link FunctionTable.introduce}, also of what has been given up since. */
  introduceAgain(kept: KeptFunction, into: Introduction): void {
    const entry = this.#entries.get(kept.hash);
    if (entry === undefined) {
      kept.isIntroduced = false;
      this.#entries.set(kept.hash, kept);
      this.#bytes += kept.bytes;
    }
    // Under the number that the tasks have; one that was captured anew since has another.
    else if (entry.id !== kept.id) {
      if (!kept.isIntroduced) this.#introduce(kept, into);
      return;
    }
    this.#introduce(entry ?? kept, into);
  }

  #introduce(entry: Entry, into: Introduction): void {
    const { payload, id, hash, name, units, isIntroduced } = entry;
    if (payload === null || isIntroduced) return;
    entry.isIntroduced = true;
    if (!this.#keepsPayloads) entry.payload = null;
    into.functions.push({ id, hash, name, payload: payload.payload, units });
    for (const unit of payload.units) {
      const users = this.#units.get(unit.hash) ?? 0;
      if (users === 0) into.units.push(unit);
      this.#units.set(unit.hash, users + 1);
    }
  }

  /**
   * Gives up what was not used for longest, until there is room. No message that refers to it may be waiting to be sent.
   *
   * @returns Numbers that the scheduler is to forget.
   */
  trim(): number[] {
    const released: number[] = [];
    while (this.isOverfull) {
      const [oldest] = this.#entries.values();
      if (oldest === undefined) break;
      this.#entries.delete(oldest.hash);
      this.#bytes -= oldest.bytes;
      if (!oldest.isIntroduced) continue;
      oldest.isIntroduced = false;
      released.push(oldest.id);
      for (const hash of oldest.units) this.#releaseUnit(hash);
    }
    return released;
  }

  #add(fn: CallableValue, payload: FunctionPayload): Entry {
    const { hash, name } = payload;
    const bytes = payloadBytes(payload.payload);
    if (bytes > this.#sizes.warnBytes) this.#judgeSize(fn, bytes);
    const units = payload.units.map((unit) => unit.hash);
    const isClass = /^class\b/.test(Function.prototype.toString.call(fn));
    const entry = {
      id: this.#nextId,
      hash,
      name,
      isClass,
      bytes,
      units,
      original: new WeakRef(fn),
      payload,
      isIntroduced: false,
    };
    this.#nextId += 1;
    this.#bytes += bytes;
    return entry;
  }

  #releaseUnit(hash: string): void {
    const users = (this.#units.get(hash) ?? 1) - 1;
    if (users > 0) this.#units.set(hash, users);
    else this.#units.delete(hash);
  }

  #judgeSize(fn: CallableValue, bytes: number): void {
    const place = Function.prototype.toString.call(fn);
    const isTooLarge = bytes > this.#sizes.maxBytes;
    if (!isTooLarge && this.#warned.has(place)) return;
    const report = this.encoder.explain(fn);
    const variables = largeVariables(report);
    const text = largeCaptureText(report, variables);
    const fields = { function: report.root.name, place: report.root.place, bytes, variables };
    if (isTooLarge) {
      throw new ClientError(
        'GRID_CLIENT_CAPTURE_TOO_LARGE',
        `a function may capture ${formatBytes(this.#sizes.maxBytes)} at most; ${text}`,
        { details: fields },
      );
    }
    if (this.#warned.size < WARNED_MAX) this.#warned.add(place);
    this.#warn({ code: 'GRID_CLIENT_LARGE_CAPTURE', text, summary: 'a function captures much data', fields });
  }
}

/** The same for the same uploads, in whichever order they were made. */
function textOf(uploads: ReadonlyMap<string, string>): string {
  return uploads.size === 0 ? '' : JSON.stringify([...uploads].sort(([a], [b]) => (a < b ? -1 : 1)));
}
