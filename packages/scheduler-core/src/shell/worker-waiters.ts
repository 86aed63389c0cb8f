import { createDeferred, type Deferred } from '@grid/common';

import type { SchedulerState } from '../core/scheduler-state.js';
import { SchedulerError } from '../errors.js';

interface Waiter {
  readonly count: number;
  readonly deferred: Deferred<number>;
}

/** Clients that wait for a number of workers. Each waits until they are there, it leaves, or the scheduler closes. */
export class WorkerWaiters {
  readonly #state: SchedulerState;
  readonly #waiters = new Set<Waiter>();

  constructor(state: SchedulerState) {
    this.#state = state;
  }

  /** How many workers there are, once they are `count`. */
  async wait(count: number, signal: AbortSignal): Promise<number> {
    const waiter = { count, deferred: createDeferred<number>() };
    const onAbort = (): void => waiter.deferred.reject(signal.reason);
    this.#waiters.add(waiter);
    signal.addEventListener('abort', onAbort, { once: true });
    this.check();
    try {
      return await waiter.deferred.promise;
    } finally {
      this.#waiters.delete(waiter);
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** To be called when workers have come. */
  check(): void {
    const running = this.#state.workers.filter(({ status }) => status === 'running').length;
    for (const waiter of this.#waiters) if (running >= waiter.count) waiter.deferred.resolve(running);
  }

  /** Ends all waits. */
  close(): void {
    for (const { deferred } of this.#waiters)
      deferred.reject(new SchedulerError('GRID_SCHEDULER_CLOSED', 'the scheduler closes'));
  }
}
