import { noteRoom } from './placement/slots.js';
import { wakeUnrunnable } from './placement/wake-unrunnable.js';
import type { WorkerRecord, WorkerStatus } from './records.js';
import { withdrawRequests } from './replica-requests.js';
import { runTransitions } from './run-transitions.js';
import type { SchedulerOutput } from './scheduler-output.js';
import type { SchedulerState } from './scheduler-state.js';
import { recallTasks } from './stealing/recall-tasks.js';

/**
 * What a worker says of itself, or what is made of it here, has changed: takes the consequence. One that takes no tasks any
 * more is asked for those that it has not begun, and gets no copies.
 */
export function applyWorkerStatus(state: SchedulerState, worker: WorkerRecord, out: SchedulerOutput): void {
  const status = statusOf(worker);
  if (worker.status === status || worker.status === 'closed') return;
  if (worker.status === 'running') state.totalThreads -= worker.threads;
  worker.status = status;
  if (status === 'running') {
    state.totalThreads += worker.threads;
    noteRoom(state, worker);
    wakeUnrunnable(state);
    runTransitions(state, out);
    return;
  }
  withdrawRequests(state, worker, out);
  if (status !== 'closing') recallTasks(state, worker, out);
}

function statusOf({ reportedStatus, isRetiring }: WorkerRecord): WorkerStatus {
  return isRetiring && reportedStatus !== 'closing' ? 'closing-gracefully' : reportedStatus;
}
