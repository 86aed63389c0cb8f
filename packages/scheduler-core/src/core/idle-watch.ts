import type { SchedulerState } from './scheduler-state.js';
import { STATE } from './task-state.js';

/**
 * Knows since when nothing has happened: no task went from one state to another, none is to be computed, and nobody has asked
 * for anything.
 */
export class IdleWatch {
  #steps = 0;
  #idleSince: number;

  /** @param now - as all times here, milliseconds on one clock */
  constructor(now: number) {
    this.#idleSince = now;
  }

  /** Something that no task shows: a client asks for something, or waits for an answer. */
  note(now: number): void {
    this.#idleSince = now;
  }

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
