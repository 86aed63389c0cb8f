import type { TaskRecord } from '../records.js';
import { releaseActive } from '../release.js';
import type { SchedulerState } from '../scheduler-state.js';

/** `task` is needed no more, or lost a dependency while it waited for a worker. */
export function noWorkerToReleased(state: SchedulerState, task: TaskRecord): void {
  state.unrunnable.delete(task);
  releaseActive(state, task);
}
