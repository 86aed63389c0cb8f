import { dispatch } from '../dispatch.js';
import type { TaskRecord } from '../records.js';
import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';
import { STATE } from '../task-state.js';

/** A worker has come or runs again; if it may not run `task` either, the task stays where it is. */
export function noWorkerToProcessing(state: SchedulerState, task: TaskRecord, out: SchedulerOutput): void {
  dispatch(state, task, out);
  if (task.state === STATE.processing) state.unrunnable.delete(task);
}
