import type { SchedulerState } from './scheduler-state.js';
import { STATE } from './task-state.js';

/** Knows since when nothing has happened: no task went from one state to another, and none is to be computed. */
export class IdleWatch {
  #steps = -1;
  #idleSince = 0;

  /** Looks at the state now; how long nothing had happened by then, in milliseconds. */
  idleMs(state: SchedulerState, now: number): number {
    const steps = state.stepCounts.reduce((sum, count) => sum + count, 0);
    if (steps !== this.#steps || isBusy(state)) this.#idleSince = now;
    this.#steps = steps;
    return now - this.#idleSince;
  }
}

function isBusy({ stateCounts }: SchedulerState): boolean {
  const { waiting, noWorker, queued, processing } = STATE;
  return [waiting, noWorker, queued, processing].some((code) => (stateCounts[code] ?? 0) > 0);
}
