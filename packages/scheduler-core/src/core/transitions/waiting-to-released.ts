import type { TaskRecord } from '../records.js';
import { releaseActive } from '../release.js';
import type { SchedulerState } from '../scheduler-state.js';

/** `task` is needed no more, or cannot be had. */
export function waitingToReleased(state: SchedulerState, task: TaskRecord): void {
  releaseActive(state, task);
}
