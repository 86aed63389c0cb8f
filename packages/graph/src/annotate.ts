import { AsyncLocalStorage } from 'node:async_hooks';

import type { Key } from '@grid/common';

import { NO_TASK_OPTIONS, type TaskOptions } from './task-options.js';

/** Options for all tasks of some code; one that is a function is asked for each task, with its key. */
export type TaskAnnotations = {
  readonly [Name in Exclude<keyof TaskOptions, 'pure' | 'span'>]?:
    TaskOptions[Name] | ((key: Key) => NonNullable<TaskOptions[Name]> | undefined);
} & Pick<TaskOptions, 'pure' | 'span'>;

/** Where all copies of this package in a process find what holds; made with the first annotation, since most never have one. */
const SLOT = Symbol.for('grid.annotations');

type Holder = Record<symbol, AsyncLocalStorage<TaskAnnotations> | undefined>;

/**
 * Gives options to all tasks that `work` makes or submits, also behind its awaits. What a task or a call says for itself
 * goes before them, and inner annotations before outer ones.
 *
 * @returns What `work` gives.
 *
 * @example
 * ```ts
 * const futures = annotate({ priority: 10, retries: 2 }, () => client.map(load, names));
 * ```
 *
 * @source dask `annotate`.
 */
export function annotate<T>(annotations: TaskAnnotations, work: () => T): T {
  const storage = ((globalThis as unknown as Holder)[SLOT] ??= new AsyncLocalStorage());
  return storage.run({ ...storage.getStore(), ...withoutGaps(annotations) }, work);
}

/** The annotations that hold for this code; `undefined` if there are none. */
export function currentAnnotations(): TaskAnnotations | undefined {
  return (globalThis as unknown as Holder)[SLOT]?.getStore();
}

/** What annotations say of the task `key`. */
export function annotationsOf(annotations: TaskAnnotations, key: Key): TaskOptions {
  const options: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(annotations)) {
    const said: unknown = typeof value === 'function' ? value(key) : value;
    if (said !== undefined) options[name] = said;
  }
  return options;
}

/** The options of a task that is made here: its own, and what annotations say besides. */
export function annotated(key: Key, options: TaskOptions): TaskOptions {
  const annotations = currentAnnotations();
  if (annotations === undefined) return options;
  const merged = { ...annotationsOf(annotations, key), ...withoutGaps(options) };
  return Object.keys(merged).length === 0 ? NO_TASK_OPTIONS : merged;
}

/** `{ retries: undefined }` says nothing, and must not hide what is said elsewhere. */
function withoutGaps<Options extends object>(options: Options): Options {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Options;
}
