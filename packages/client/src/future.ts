import type { Key } from '@grid/common';

import type { MultiLock } from './coordination/multi-lock.js';
import type { Named } from './coordination/named.js';
import type { FutureStatus } from './core/future-record.js';
import type { LogEntry } from './output/log-entry.js';
import type { WaitLimit } from './wait-limit.js';

export type { WaitLimit } from './wait-limit.js';

/** Marks futures across copies of this package. */
export const FUTURE = Symbol.for('grid.future');

/**
 * A result that lives on the cluster, now or later.
 *
 * Not thenable on purpose: `return future` in an async function would fetch the data to the client without anybody
 * having asked for it. Write `await future.result()`.
 *
 * The cluster keeps the result while a future of it is held. Let go of it with `using`, {@link Future.release} or
 * `future[Symbol.dispose]()`; a future that is merely forgotten is released when it is collected as garbage, which may
 * be never.
 *
 * @source dask.distributed `Future`.
 */
export interface Future<T> extends Disposable {
  /** The task's name on the cluster. */
  readonly key: Key;
  readonly status: FutureStatus;
  /** The kind of the result, such as `number` or `Float64Array`; `null` until it is known. */
  readonly type: string | null;
  /** Whether the task is over: finished, failed, cancelled or lost. */
  readonly isDone: boolean;
  /**
   * Fetches the result to this process, waiting for it first.
   *
   * @throws The error that the task threw, if it threw one; see {@link taskErrorInfo}.
   * @throws {@link ClientError} `GRID_CLIENT_CANCELLED`, `GRID_CLIENT_SCHEDULER_LOST`, `GRID_CLIENT_CLOSED`,
   * `GRID_CLIENT_LOST_DATA`, `GRID_CLIENT_TIMEOUT`, `GRID_CLIENT_TASK_THREW`.
   */
  result(limit?: WaitLimit): Promise<T>;
  /** The error that the task failed with, waiting for its end first; `undefined` if it did not fail. */
  exception(limit?: WaitLimit): Promise<unknown>;
  /**
   * What the task has written so far, to the console and to its log, in order: also of a task that failed, and of one whose
   * worker is gone. The last 1000 pieces are kept, as long as a future of the task is held.
   */
  logs(): Promise<LogEntry[]>;
  /** Lets go of the result. Idempotent. Using the future afterwards is an error. */
  release(): void;
  /** Gives the task up; see {@link Client.cancel}. */
  cancel(options?: { readonly reason?: string; readonly force?: boolean }): void;
  /** Runs a failed task again; see {@link Client.retry}. */
  retry(): void;
  /** @internal Only to tell the type of the result. */
  readonly [FUTURE]: T | undefined;
}

/** Tells whether `value` is a {@link Future}, of whichever copy of this package. */
export function isFuture(value: unknown): value is Future<unknown> {
  return typeof value === 'object' && value !== null && FUTURE in value;
}

type Leaf =
  | string
  | number
  | bigint
  | boolean
  | symbol
  | null
  | undefined
  | Date
  | RegExp
  | ArrayBufferView
  | ArrayBuffer
  | Named
  | MultiLock
  | ((...args: never[]) => unknown)
  | (abstract new (...args: never[]) => unknown);

type Method = (...args: never[]) => unknown;

/**
 * Whether to leave a type as it is: objects with methods are instances of classes, nearly always, and rebuilding their
 * type would lose its private members. One of whose properties is a future is looked into all the same.
 */
type IsInstance<T> = true extends { [Name in keyof T]: T[Name] extends Future<unknown> ? true : false }[keyof T]
  ? false
  : true extends { [Name in keyof T]: T[Name] extends Method ? true : false }[keyof T]
    ? true
    : false;

/** `T` as the worker sees it: every {@link Future} in it, however deep, replaced by its result. */
export type Resolved<T> =
  T extends Future<infer Result>
    ? Result
    : T extends Leaf
      ? T
      : T extends Map<infer MapKey, infer Value>
        ? Map<Resolved<MapKey>, Resolved<Value>>
        : T extends Set<infer Element>
          ? Set<Resolved<Element>>
          : T extends readonly unknown[]
            ? { [Name in keyof T]: Resolved<T[Name]> }
            : T extends object
              ? IsInstance<T> extends true
                ? T
                : { [Name in keyof T]: Resolved<T[Name]> }
              : T;

/** What a future is a future of; of several kinds of futures, any of their results. */
export type ResultOf<F> = F extends Future<infer Result> ? Result : never;

/** An argument tuple as the function sees it. */
export type ResolvedArgs<Args extends readonly unknown[]> = { -readonly [Index in keyof Args]: Resolved<Args[Index]> };
