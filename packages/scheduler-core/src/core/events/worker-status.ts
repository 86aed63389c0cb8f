import { wakeUnrunnable } from '../placement/wake-unrunnable.js';
import { withdrawRequests } from '../replica-requests.js';
import { runTransitions } from '../run-transitions.js';
import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';
import type { StimulusWith } from '../stimulus.js';

/** A worker takes tasks, or takes none for now, or is about to leave. What it has stays with it. */
export function workerStatus(
  state: SchedulerState,
  { worker, status }: StimulusWith<'worker-status'>,
  out: SchedulerOutput,
): void {
  // It may have been removed while its message was on the way; and who is leaving does not come back.
  if (worker.status === status || worker.status === 'closed' || worker.status === 'closing') return;
  if (worker.status === 'running') state.totalThreads -= worker.threads;
  worker.status = status;
  if (status !== 'running') {
    withdrawRequests(state, worker, out);
    return;
  }
  state.totalThreads += worker.threads;
  state.mayHaveOpenSlots = true;
  wakeUnrunnable(state);
  runTransitions(state, out);
}
