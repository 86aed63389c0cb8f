import { stopProcessing } from '../processing.js';
import type { TaskRecord } from '../records.js';
import { releaseActive } from '../release.js';
import { dropResultHold } from '../result-holds.js';
import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';

/** The run is taken back: needed no more, to be tried again, or its worker is gone. */
export function processingToReleased(state: SchedulerState, task: TaskRecord, out: SchedulerOutput): void {
  const worker = stopProcessing(state, task);
  if (state.resultHolds.size > 0) dropResultHold(state, task);
  if (worker.status !== 'closed') out.freeKeys(worker, task.id);
  releaseActive(state, task);
}
