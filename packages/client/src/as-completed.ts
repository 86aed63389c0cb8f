import { deadlineSignal, isGridError, parseDuration, raceAbort } from '@grid/common';

import type { ClientParts } from './client-parts.js';
import { addWaiter, removeWaiter, type FutureRecord, type Waiter } from './core/future-record.js';
import { ClientError } from './errors.js';
import type { Future, WaitLimit } from './future.js';
import { stateError } from './operations/task-error.js';

/**
 * Futures in the order in which their tasks end, failed ones included.
 *
 * One can be added while others are awaited, also from within the loop; one that was added twice comes twice. The loop
 * ends when all that were added have come. The time limit counts from the making of the object.
 *
 * @source dask.distributed `as_completed`.
 */
export class AsCompleted<T> implements AsyncIterableIterator<Future<T>>, Waiter {
  readonly #parts: ClientParts;
  readonly #waiting = new Map<FutureRecord, Future<T>[]>();
  #ready: Future<T>[] = [];
  #taken = 0;
  #wake: (() => void) | null = null;
  #isClosed = false;
  readonly #signal: AbortSignal | undefined;
  readonly #deadline: ReturnType<typeof deadlineSignal> | null;

  constructor(parts: ClientParts, futures: Iterable<Future<T>>, limit: WaitLimit) {
    this.#parts = parts;
    const ms = limit.timeout === undefined ? Infinity : parseDuration(limit.timeout);
    this.#deadline = ms === Infinity ? null : deadlineSignal(ms, 'asCompleted', limit.signal);
    this.#signal = this.#deadline?.signal ?? limit.signal;
    for (const future of futures) this.add(future);
  }

  /** How many futures are still to come. */
  get count(): number {
    let waiting = this.#ready.length - this.#taken;
    for (const futures of this.#waiting.values()) waiting += futures.length;
    return waiting;
  }

  /** Whether a future can be had without waiting. */
  get hasReady(): boolean {
    return this.#taken < this.#ready.length;
  }

  /** Adds a future to those that are to come. */
  add(future: Future<T>): void {
    const record = this.#parts.futures.require(future);
    if (record.isSettled) {
      this.#ready.push(future);
      this.#wakeUp();
      return;
    }
    const futures = this.#waiting.get(record);
    if (futures === undefined) {
      this.#waiting.set(record, [future]);
      addWaiter(record, this);
    } else futures.push(future);
  }

  /** Adds several futures. */
  update(futures: Iterable<Future<T>>): void {
    for (const future of futures) this.add(future);
  }

  /** Takes all futures that can be had now, at least one; `undefined` when none are to come. */
  async nextBatch(): Promise<Future<T>[] | undefined> {
    if (!(await this.#untilReady())) return undefined;
    const batch = this.#ready.slice(this.#taken);
    this.#ready = [];
    this.#taken = 0;
    return batch;
  }

  async next(): Promise<IteratorResult<Future<T>>> {
    if (!(await this.#untilReady())) {
      this.#close();
      return { done: true, value: undefined };
    }
    const value = this.#ready[this.#taken] as Future<T>;
    this.#taken += 1;
    if (this.#taken === this.#ready.length) {
      this.#ready = [];
      this.#taken = 0;
    }
    return { done: false, value };
  }

  async return(): Promise<IteratorResult<Future<T>>> {
    this.#close();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** @internal Called when a task ended. */
  onSettled(record: FutureRecord): void {
    const futures = this.#waiting.get(record);
    if (futures === undefined) return;
    this.#waiting.delete(record);
    for (const future of futures) this.#ready.push(future);
    this.#wakeUp();
  }

  async #untilReady(): Promise<boolean> {
    while (!this.hasReady) {
      if (this.#isClosed || this.#waiting.size === 0) return false;
      this.#parts.ties.beforeWait();
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      if (this.#signal === undefined) await woken;
      else await this.#raceDeadline(woken, this.#signal);
    }
    const [future] = this.#ready.slice(this.#taken, this.#taken + 1);
    const record = future === undefined ? undefined : this.#parts.futures.require(future);
    if (record?.status === 'lost') throw stateError(record);
    return true;
  }

  async #raceDeadline(woken: Promise<void>, signal: AbortSignal): Promise<void> {
    try {
      await raceAbort(woken, signal);
    } catch (error) {
      const count = this.count;
      this.#close();
      if (!isGridError(error, 'GRID_COMMON_TIMEOUT')) throw error;
      throw new ClientError('GRID_CLIENT_TIMEOUT', `${String(count)} tasks were not done in time`, {
        details: { count },
        cause: error,
      });
    }
  }

  #wakeUp(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }

  #close(): void {
    this.#isClosed = true;
    for (const record of this.#waiting.keys()) removeWaiter(record, this);
    this.#waiting.clear();
    this.#deadline?.[Symbol.dispose]();
    this.#wakeUp();
  }
}
