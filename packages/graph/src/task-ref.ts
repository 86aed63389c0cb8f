import type { Key } from '@grid/common';

/**
 * The brand of everything that stands for another task's result. Registered globally, so that a reference made by
 * another copy of this package or in another realm is still one.
 */
export const TASK_REF: unique symbol = Symbol.for('grid.task-ref') as never;

/** Never present: it only carries the type of the result. */
declare const resultType: unique symbol;

/**
 * Whatever may stand in a task's arguments for another task's result. {@link TaskRef} is the plain one; a handle with
 * a life of its own (a future) implements this as well, and so can be used as an argument directly.
 */
export interface TaskRefLike<T = unknown> {
  readonly [TASK_REF]: true;
  /** The task whose result is meant. */
  readonly key: Key;
  readonly [resultType]?: T;
}

/** A reference to another task's result, of type `T`. A plain string is never taken for a key. */
export class TaskRef<T = unknown> implements TaskRefLike<T> {
  declare readonly [TASK_REF]: true;
  declare readonly [resultType]?: T;
  readonly key: Key;

  constructor(key: Key) {
    this.key = key;
  }

  static {
    // On the prototype, since a graph may hold millions of references.
    Object.defineProperty(TaskRef.prototype, TASK_REF, { value: true });
  }
}

/** Refers to the result of the task `key`. */
export function refTo<T = unknown>(key: Key): TaskRef<T> {
  return new TaskRef<T>(key);
}

/** Tells whether `value` stands for another task's result. */
export function isTaskRef(value: unknown): value is TaskRefLike {
  return typeof value === 'object' && value !== null && (value as Partial<TaskRefLike>)[TASK_REF] === true;
}
