import { broken } from '../errors.js';
import type { WorkloadModel } from '../workload/workload-model.js';
import type { WorldHistory } from './outcome-rules.js';

/** What one fault may cost a task: a line that stands still is given up more than once. */
const RUNS_PER_FAULT = 4;

/**
 * X9: no task runs more often than there are reasons: once, once more for each time that it threw or asked for it, and for each
 * thing that happened for which it may have had to. That a scheduler dies is none by itself.
 *
 * @throws `GRID_TESTING_BROKEN_PROMISE` X9
 */
export function checkRunCounts(model: WorkloadModel, history: WorldHistory): void {
  const { workerEnds, faults, harmlessEnds, restarts, giveUps, threadEnds, lostValues } = history;
  const costly = faults > harmlessEnds || workerEnds > 0 ? faults : 0;
  const reasons = workerEnds + RUNS_PER_FAULT * costly + restarts + giveUps + threadEnds + lostValues;
  for (const [label, { begun, threw, rescheduled }] of model.counts.entries()) {
    if (begun <= 1 + threw + rescheduled + reasons) continue;
    const { key } = model.specOf(label);
    throw broken('X9', `${key} ran ${String(begun)} times, for ${String(1 + threw + rescheduled + reasons)} reasons`);
  }
}

/**
 * X10: what is fired and forgotten is done, as long as nothing goes wrong, nobody gives it up, and nothing that it needs fails.
 *
 * @throws `GRID_TESTING_BROKEN_PROMISE` X10
 */
export function checkFired(model: WorkloadModel, { fired, cancelled, faults, workerEnds }: WorldHistory): void {
  if (faults + workerEnds > 0 || cancelled.size > 0) return;
  for (const label of fired) {
    const { key, isData, needs } = model.specOf(label);
    if (isData || (model.counts[label]?.begun ?? 0) > 0 || needs.some((need) => mayFail(model, need))) continue;
    throw broken('X10', `${key} was fired and forgotten, and never ran`);
  }
}

function mayFail(model: WorkloadModel, label: number): boolean {
  const { throws, throwsFrom, way, isData, options, needs } = model.specOf(label);
  const fails =
    throws !== 0 || throwsFrom !== undefined || way === 'exit' || way === 'hang' || options.timeout !== undefined;
  return fails || isData || needs.some((need) => mayFail(model, need));
}
