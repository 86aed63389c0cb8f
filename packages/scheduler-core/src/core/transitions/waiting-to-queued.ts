import type { TaskRecord } from '../records.js';
import type { SchedulerState } from '../scheduler-state.js';
import { setState } from '../set-state.js';
import { STATE } from '../task-state.js';

/** All workers have enough to do: `task` waits here, where any of them can still get it. */
export function waitingToQueued(state: SchedulerState, task: TaskRecord): void {
  setState(state, task, STATE.queued);
  state.queue.push(task);
  // It may come before all others, and be of a kind for which there is a slot.
  state.mayHaveOpenSlots = true;
}
