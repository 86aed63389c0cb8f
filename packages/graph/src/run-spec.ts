import type { Key } from '@grid/common';
import { annotated } from './annotate.js';
import { collectRefs } from './collect-refs.js';
import { keyOf, type KeyLike } from './key.js';
import { NO_TASK_OPTIONS, type TaskOptions } from './task-options.js';
import type { TaskRefLike } from './task-ref.js';

/** Any function that can be a task, once its arguments are known to fit. */
export type TaskFunction = (...args: never[]) => unknown;

/** Run `fn` with `args`, in which references stand for other tasks' results. */
export interface CallSpec {
  readonly kind: 'call';
  readonly key: Key;
  readonly fn: TaskFunction;
  /** May hold references at any depth of arrays, plain objects, Maps and Sets. */
  readonly args: readonly unknown[];
  readonly options: TaskOptions;
}

/**
 * Take `value` as the result, without running anything. It may hold references at any depth, and so gather other
 * results into one value; a bare reference makes a second name for a task.
 */
export interface DataSpec {
  readonly kind: 'data';
  readonly key: Key;
  readonly value: unknown;
}

/** How one task comes to its result. */
export type RunSpec = CallSpec | DataSpec;

/** A `T`, or a reference to a task that gives one; in a list, also elements may be references. */
export type WithRefs<T> =
  T | TaskRefLike<T> | (T extends readonly (infer Element)[] ? readonly WithRefs<Element>[] : never);

/** Arguments for parameters `Args`: each may be given as it is, or as a reference to a task that gives it. */
export type ArgsWithRefs<Args extends readonly unknown[]> = { readonly [I in keyof Args]: WithRefs<Args[I]> };

/** What becomes of a `T` when the references in it are replaced. Seen through by types: bare references and lists. */
export type Resolved<T> =
  T extends TaskRefLike<infer Result> ? Result : T extends readonly unknown[] ? { [I in keyof T]: Resolved<T[I]> } : T;

/** A task that calls `fn`. What is said of the code around it by `annotate` holds for it. */
export function callSpec<Args extends readonly unknown[], Result>(
  key: KeyLike,
  fn: (...args: Args) => Result,
  args: ArgsWithRefs<Args>,
  options: TaskOptions = NO_TASK_OPTIONS,
): CallSpec {
  const ownKey = keyOf(key);
  // Args is contravariant in `fn`: the pair was checked here, and is only ever used as a pair from now on.
  return { kind: 'call', key: ownKey, fn: fn, args, options: annotated(ownKey, options) };
}

/** A task whose result is `value`, with references in it replaced. */
export function dataSpec(key: KeyLike, value: unknown): DataSpec {
  return { kind: 'data', key: keyOf(key), value };
}

/** The keys of the tasks that `spec` needs, each once, in the order of its arguments. */
export function dependenciesOf(spec: RunSpec): Key[] {
  return collectRefs(spec.kind === 'call' ? spec.args : spec.value);
}
