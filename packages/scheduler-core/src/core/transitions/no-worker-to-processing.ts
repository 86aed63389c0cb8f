import { decideWorker } from '../placement/decide-worker.js';
import { startProcessing } from '../processing.js';
import type { TaskRecord } from '../records.js';
import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';

/** A worker has come or runs again; if it may not run `task` either, the task stays where it is. */
export function noWorkerToProcessing(state: SchedulerState, task: TaskRecord, out: SchedulerOutput): void {
  const worker = decideWorker(state, task);
  if (worker === null) return;
  state.unrunnable.delete(task);
  startProcessing(state, task, worker, out);
}
