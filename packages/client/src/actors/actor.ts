import type { ActorFuture } from './actor-future.js';

/** Marks handles of actors across copies of this package; what is found there describes the actor. */
export const ACTOR: unique symbol = Symbol.for('grid.actor');

/** What a handle knows of its actor. Part of what client and worker agree on. */
export interface ActorFacts {
  /** The number of the run that made it. */
  readonly id: number;
  /** Where its worker listens. */
  readonly worker: string;
  readonly className: string;
  readonly methods: readonly string[];
  readonly attributes: readonly string[];
}

type Callable = (...args: never[]) => unknown;

/**
 * A handle of an object of the class `T` that lives on a worker.
 *
 * Each public method is there, takes the same arguments, and gives an {@link ActorFuture} of what it returns. Each public
 * property that the object had once it was made, and each getter, can be read: `await counter.total`. Nothing can be set.
 *
 * The actor lives as long as somebody holds a handle or future of it. Let go of a handle with `using` or
 * `handle[Symbol.dispose]()`.
 *
 * Handles may be passed on: to tasks, to other actors, in results, in queues and variables.
 *
 * @source dask.distributed `Actor`.
 */
export type Actor<T> = Disposable & {
  readonly [Name in Exclude<keyof T, symbol>]: T[Name] extends Callable
    ? (...args: Parameters<T[Name]>) => ActorFuture<Awaited<ReturnType<T[Name]>>>
    : ActorFuture<Awaited<T[Name]>>;
} & { readonly [ACTOR]: ActorFacts };

/** A class, or a function that gives an object, now or later. */
export type ActorMaker<Args extends readonly unknown[], Made extends object> =
  (new (...args: Args) => Made) | ((...args: Args) => Made | Promise<Made>);

/** What {@link actorInfo} tells of an actor. */
export interface ActorInfo {
  /** Its name on the cluster: the key of the task that made it. */
  readonly key: string;
  /** The address of the worker that it lives on. */
  readonly worker: string;
  readonly className: string;
  readonly methods: readonly string[];
  readonly attributes: readonly string[];
}

/** Tells whether `value` is a handle of an actor, of whichever copy of this package. */
export function isActor(value: unknown): value is Actor<object> {
  return typeof value === 'object' && value !== null && ACTOR in value;
}
