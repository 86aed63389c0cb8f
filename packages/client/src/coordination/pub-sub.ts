import { deadlineSignal, isGridError, parseDuration } from '@grid/common';

import { ClientError } from '../errors.js';
import type { WaitLimit } from '../wait-limit.js';
import type { NamedOptions } from './named.js';
import { Topic, type Subscription } from './topic.js';

/** What a subscriber that does not keep up has waiting at most; the oldest are dropped then. */
const WAITING_MAX = 10_000;

/** Says things at a topic. @source dask.distributed `Pub`, as it was until 2025. */
export class Pub<T = unknown> {
  readonly name: string;
  readonly #topic: Topic<T>;

  constructor(name: string, options: NamedOptions = {}) {
    this.name = name;
    this.#topic = new Topic<T>(name, options);
  }

  /** @returns How many clients and tasks listen. */
  async put(value: T): Promise<number> {
    return this.#topic.publish(value);
  }
}

/**
 * Hears what is said at a topic from the time on when it was opened.
 *
 * @example
 * ```ts
 * using heard = await Sub.open<number>('temperatures');
 * for await (const value of heard) console.log(value);
 * ```
 *
 * @source dask.distributed `Sub`, as it was until 2025.
 */
export class Sub<T = unknown> implements Disposable, AsyncIterable<T> {
  readonly name: string;
  /** How many values were dropped since nobody took them. */
  dropped = 0;
  readonly #waiting: T[] = [];
  readonly #wake: (() => void)[] = [];
  #subscription: Subscription | undefined;
  #isClosed = false;

  private constructor(name: string) {
    this.name = name;
  }

  /** Begins to listen. */
  static async open<T = unknown>(name: string, options: NamedOptions = {}): Promise<Sub<T>> {
    const sub = new Sub<T>(name);
    sub.#subscription = await new Topic<T>(name, options).subscribe(({ value }) => sub.#take(value));
    return sub;
  }

  /**
   * The next value.
   *
   * @throws {@link ClientError} `GRID_CLIENT_TIMEOUT`; `GRID_CLIENT_CLOSED` once this has been closed; the signal's reason.
   */
  async get({ timeout, signal }: WaitLimit = {}): Promise<T> {
    using deadline = deadlineSignal(timeout === undefined ? Infinity : parseDuration(timeout), 'wait', signal);
    while (this.#waiting.length === 0) {
      if (this.#isClosed) throw new ClientError('GRID_CLIENT_CLOSED', `the subscription to '${this.name}' was closed`);
      await this.#next(deadline.signal);
    }
    // There is one, as was just looked.
    return this.#waiting.shift() as T;
  }

  /** Stops to listen. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#subscription?.unsubscribe();
    this.#wakeAll();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** All values until this is closed. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void> {
    try {
      for (;;) yield await this.get();
    } catch (error) {
      if (!this.#isClosed || !isGridError(error, 'GRID_CLIENT_CLOSED')) throw error;
    }
  }

  async #next(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const onAbort = (): void => reject(this.#reasonOf(signal));
      if (signal.aborted) {
        onAbort();
        return;
      }
      signal.addEventListener('abort', onAbort, { once: true });
      this.#wake.push(() => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      });
    });
  }

  #reasonOf({ reason }: AbortSignal): Error {
    // A signal's reason is handed on as it is, whatever its owner made it of.
    if (!isGridError(reason, 'GRID_COMMON_TIMEOUT')) return reason as Error;
    return new ClientError('GRID_CLIENT_TIMEOUT', `nothing was said at '${this.name}' in time`, { cause: reason });
  }

  #take(value: T): void {
    if (this.#isClosed) return;
    if (this.#waiting.push(value) > WAITING_MAX) {
      this.#waiting.shift();
      this.dropped += 1;
    }
    this.#wakeAll();
  }

  #wakeAll(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}
