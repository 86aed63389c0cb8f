import { applyWorkerStatus } from '../apply-worker-status.js';
import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';
import type { StimulusWith } from '../stimulus.js';

/**
 * A worker is to leave in order: it gets no tasks any more, is asked for those that it has not begun, and finishes the
 * others. Its results leave it by the policy `RetireWorker`. Or it is to stay after all.
 */
export function retireWorker(
  state: SchedulerState,
  { worker, isRetiring }: StimulusWith<'retire-worker'>,
  out: SchedulerOutput,
): void {
  worker.isRetiring = isRetiring;
  applyWorkerStatus(state, worker, out);
}
