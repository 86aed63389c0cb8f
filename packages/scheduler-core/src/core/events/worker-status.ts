import { applyWorkerStatus } from '../apply-worker-status.js';
import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';
import type { StimulusWith } from '../stimulus.js';

/** A worker takes tasks, or takes none for now, or is about to leave. What it has stays with it. */
export function workerStatus(
  state: SchedulerState,
  { worker, status }: StimulusWith<'worker-status'>,
  out: SchedulerOutput,
): void {
  // Who is leaving does not come back.
  if (worker.reportedStatus === 'closing') return;
  worker.reportedStatus = status;
  applyWorkerStatus(state, worker, out);
}
