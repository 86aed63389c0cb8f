import type { TaskRecord } from '../records.js';
import { releaseActive } from '../release.js';
import type { SchedulerState } from '../scheduler-state.js';

/** `task` is needed no more, or lost a dependency before its turn came. */
export function queuedToReleased(state: SchedulerState, task: TaskRecord): void {
  releaseActive(state, task);
  state.queue.noteLeft();
  // The next in the queue may be of a kind for which there is a slot.
  state.mayHaveOpenSlots = true;
}
