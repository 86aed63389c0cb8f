import { invariant } from '@grid/common';

import { enterErred } from '../fail.js';
import { stopProcessing } from '../processing.js';
import type { TaskRecord } from '../records.js';
import { dropClaims } from '../release.js';
import { dropResultHold } from '../result-holds.js';
import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';

/** `task` threw, or killed its workers, as `task.failure` says. */
export function processingToErred(state: SchedulerState, task: TaskRecord, out: SchedulerOutput): void {
  const { failure } = task;
  invariant(failure !== null, `${task.key} fails without a reason`);
  const worker = stopProcessing(state, task);
  if (state.resultHolds.size > 0) dropResultHold(state, task);
  // If it is a dependency that failed, the worker knows nothing of that and still has this run.
  if (failure.taskId !== task.id && worker.status !== 'closed') out.freeKeys(worker, task.id);
  dropClaims(state, task, false);
  enterErred(state, task, out);
}
