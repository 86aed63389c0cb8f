import { broken } from '../errors.js';
import type { WorkloadModel } from '../workload/workload-model.js';
import type { WorldHistory } from './outcome-rules.js';

/** What one fault may cost a task: a line that stands still is given up more than once. */
const RUNS_PER_FAULT = 4;

/**
 * X9: no task runs more often than there are reasons: once, once more for each time that it threw or asked for it, and for each
 * thing that happened for which it may have had to.
 *
 * @throws `GRID_TESTING_BROKEN_PROMISE` X9
 */
export function checkRunCounts(model: WorkloadModel, history: WorldHistory): void {
  const { workerEnds, faults, restarts, giveUps, threadEnds, lostValues } = history;
  const reasons = workerEnds + RUNS_PER_FAULT * faults + restarts + giveUps + threadEnds + lostValues;
  for (const [label, { begun, threw, rescheduled }] of model.counts.entries()) {
    if (begun <= 1 + threw + rescheduled + reasons) continue;
    const { key } = model.specOf(label);
    throw broken('X9', `${key} ran ${String(begun)} times, for ${String(1 + threw + rescheduled + reasons)} reasons`);
  }
}
