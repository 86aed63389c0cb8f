import type { LocalTask, Stimulus, WorkerState } from '@grid/worker-core/simulation';

import { broken } from '../errors.js';
import type { WorkerPromise } from './worker-promise.js';

/** Sums of fractions drift. */
const TOLERANCE_MS = 1e-6;

/**
 * W2, W9: no more is handed to threads than they are to have, and ahead of time only what is short; who is paused begins nothing and
 * fetches nothing; what needs resources is given them.
 */
export class WorkerStarts implements WorkerPromise {
  #activeBefore = 0;
  #askedBefore = 0;
  #rejoiningBefore = 0;

  before({ activeCount, gathering, rejoining }: WorkerState): void {
    this.#activeBefore = activeCount;
    this.#askedBefore = gathering.size;
    this.#rejoiningBefore = rejoining.length;
  }

  check(state: WorkerState, { type }: Stimulus, stepped: Iterable<LocalTask>): void {
    const wrong = this.#whatIsWrong(state, type, stepped);
    if (wrong !== null) throw broken('W2', `worker ${String(state.selfId)}, after ${type}: ${wrong}`);
  }

  #whatIsWrong(state: WorkerState, type: Stimulus['type'], stepped: Iterable<LocalTask>): string | null {
    const { activeCount, activeMs, suspendedCount, options, isPaused } = state;
    if ((type === 'pause' && !isPaused) || (type === 'unpause' && isPaused)) return 'it has not heard that';
    if (isPaused && state.gathering.size > this.#askedBefore) return 'it is paused, and fetches';
    for (const task of stepped) {
      if (task.isExecuting && task.resources !== null && !state.resources.occupied.has(task))
        return `${task.key} runs without the resources that it needs`;
    }
    // A slot that is asked for again is given also to who is paused.
    if (activeCount <= this.#activeBefore || this.#rejoiningBefore + state.rejoining.length > 0) return null;
    if (isPaused) return 'it is paused, and begins something';
    const slots = options.threads - state.overdueCount;
    if (slots <= 0) return 'no thread is free, and something begins';
    if (activeCount > slots && activeMs > options.pushAheadMs * slots + TOLERANCE_MS)
      return `${String(activeCount)} tasks have ${String(slots)} threads, and take ${String(activeMs)} ms`;
    const waitingMax = options.suspendedMaxPerThread * options.threads;
    if (suspendedCount > 0 && suspendedCount + activeCount > waitingMax) return 'too many wait for promises';
    return null;
  }
}
