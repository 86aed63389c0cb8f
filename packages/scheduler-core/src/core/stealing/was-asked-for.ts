import type { TaskRecord } from '../records.js';
import type { SchedulerState } from '../scheduler-state.js';

/** A task without a thief is asked for again after so many milliseconds. */
const ASK_AGAIN_MS = 1000;

/** Whether it is of no use to ask for `task` now. One that was kept may have gone back from its thread to the line since. */
export function wasAskedFor(state: SchedulerState, task: TaskRecord): boolean {
  const steal = state.steals.get(task);
  return steal !== undefined && (steal.thief !== null || state.cause.at - steal.askedAt < ASK_AGAIN_MS);
}
