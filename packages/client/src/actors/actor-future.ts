import { createDeferred, deadlineSignal, isGridError, parseDuration, raceAbort, type Deferred } from '@grid/common';

import { ClientError } from '../errors.js';
import type { WaitLimit } from '../wait-limit.js';

/** What a call of an actor may be asked of its caller. */
export interface ActorCallHost {
  /** Names the call, for errors: `Counter.add of counter-1 on tcp://…`. */
  describe(): string;
  /** Somebody waits for it. What is returned is called when that is over. */
  onWait(): () => void;
  /** Nobody wants it any more. */
  abandon(): void;
}

/**
 * What a call of an actor gives, now or later. It can be awaited. A call is made whether somebody awaits it or not, and an
 * error that nobody asks for is nobody's.
 *
 * @source dask.distributed `ActorFuture`.
 */
export class ActorFuture<T> implements PromiseLike<T> {
  readonly #host: ActorCallHost;
  #status: 'pending' | 'finished' | 'error' | 'cancelled' = 'pending';
  /** The result or the error. */
  #outcome: unknown;
  #deferred: Deferred<T> | undefined;
  #endWait: (() => void) | undefined;

  /** @internal Handles of actors make them. */
  constructor(host: ActorCallHost) {
    this.#host = host;
  }

  get status(): 'pending' | 'finished' | 'error' | 'cancelled' {
    return this.#status;
  }

  /** Whether there is a result or an error. */
  get isDone(): boolean {
    return this.#status !== 'pending';
  }

  /**
   * Waits for the result.
   *
   * @throws What the method threw; see {@link taskErrorInfo}. `GRID_ACTOR_LOST` if the actor is gone.
   * @throws {@link ClientError} `GRID_CLIENT_CALL_LOST`, `GRID_CLIENT_TIMEOUT`, `GRID_CLIENT_CANCELLED`; the signal's reason.
   */
  async result(limit: WaitLimit = {}): Promise<T> {
    const promise = this.#settled();
    if (limit.timeout === undefined && limit.signal === undefined) return promise;
    const ms = limit.timeout === undefined ? Infinity : parseDuration(limit.timeout);
    using deadline = deadlineSignal(ms, 'wait', limit.signal);
    try {
      return await raceAbort(promise, deadline.signal);
    } catch (error) {
      if (this.isDone || !isGridError(error, 'GRID_COMMON_TIMEOUT')) throw error;
      throw new ClientError(
        'GRID_CLIENT_TIMEOUT',
        `${this.#host.describe()} had not answered after ${String(ms)} ms; the call goes on: wait longer, or cancel() it`,
        { details: { ms }, cause: error },
      );
    }
  }

  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#settled().then(onFulfilled, onRejected);
  }

  /** The error of the call, waiting for its end first; `undefined` if it did not fail. */
  async exception(limit: WaitLimit = {}): Promise<unknown> {
    try {
      await this.result(limit);
    } catch (error) {
      if (this.#status === 'error' || this.#status === 'cancelled') return this.#outcome;
      throw error;
    }
    return undefined;
  }

  /** Gives the call up: whoever waits for it is told so, and it is not made if it has not begun. One that has goes on. */
  cancel(): void {
    if (this.isDone) return;
    this.#host.abandon();
    this.#settle(
      'cancelled',
      new ClientError('GRID_CLIENT_CANCELLED', `the call of ${this.#host.describe()} was cancelled`),
    );
  }

  /** @internal */
  succeed(value: T): void {
    if (!this.isDone) this.#settle('finished', value);
  }

  /** @internal */
  fail(error: unknown): void {
    if (!this.isDone) this.#settle('error', error);
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `<ActorFuture: ${this.#status}, ${this.#host.describe()}>`;
  }

  #settle(status: 'finished' | 'error' | 'cancelled', outcome: unknown): void {
    this.#status = status;
    this.#outcome = outcome;
    this.#endWait?.();
    const deferred = this.#deferred;
    if (deferred === undefined) return;
    // Whoever asked for it has a handler; one who only passed it on is not to end the process.
    deferred.promise.catch(() => {});
    // The type of the method says what it returns; nobody can check it here.
    if (status === 'finished') deferred.resolve(outcome as T);
    else deferred.reject(outcome);
  }

  #settled(): Promise<T> {
    if (this.#deferred === undefined) {
      const deferred = createDeferred<T>();
      this.#deferred = deferred;
      if (this.#status === 'pending') this.#endWait = this.#host.onWait();
      else if (this.#status === 'finished') deferred.resolve(this.#outcome as T);
      else deferred.reject(this.#outcome);
    }
    return this.#deferred.promise;
  }
}
