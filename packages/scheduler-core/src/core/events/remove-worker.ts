import { lostWithWorker, noteActorLoss } from '../actors.js';
import { blameForDeath } from '../blame-for-death.js';
import { recommend } from '../recommend.js';
import { comparePriority, type WorkerRecord } from '../records.js';
import { withdrawRequests } from '../replica-requests.js';
import { removeReplica } from '../replicas.js';
import { runTransitions, transition } from '../run-transitions.js';
import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';
import type { StimulusWith } from '../stimulus.js';
import { STATE } from '../task-state.js';

/**
 * A worker is gone, for good: one that comes back is another. What it was to compute is taken back, and what only it held
 * is lost. Doubled news of it are normal: a broken line and a missed heartbeat tell the same.
 */
export function removeWorker(
  state: SchedulerState,
  stimulus: StimulusWith<'remove-worker'>,
  out: SchedulerOutput,
): void {
  const { worker } = stimulus;
  if (!state.workersById.delete(worker.id)) return;
  if (worker.status === 'running') state.totalThreads -= worker.threads;
  worker.status = 'closed';
  state.workers.splice(state.workers.indexOf(worker), 1);
  if (worker.mayHaveRoom) state.roomy.splice(state.roomy.indexOf(worker), 1);
  for (const other of state.workers) out.removeWorker(other, worker);
  withdrawRequests(state, worker, out);
  takeBack(state, stimulus);
  loseActors(state, stimulus, out);
  loseCopies(state, worker, out);
  losePlanned(state, worker);
  runTransitions(state, out);
}

function takeBack(state: SchedulerState, { worker, isExpected, reason, exit }: StimulusWith<'remove-worker'>): void {
  if (!isExpected) blameForDeath(state, worker, { reason, exit });
  const tasks = worker.processing.slice().sort(comparePriority).reverse();
  for (const task of tasks) recommend(state, task, task.failure === null ? STATE.released : STATE.erred);
}

/** Before their handles: a copy of one elsewhere is of no use. */
function loseActors(
  state: SchedulerState,
  { worker, reason }: StimulusWith<'remove-worker'>,
  out: SchedulerOutput,
): void {
  for (const task of [...worker.actors]) {
    if (!noteActorLoss(task, worker, lostWithWorker(task, worker, reason))) continue;
    removeReplica(task, worker);
    transition(state, task, STATE.released, out);
  }
}

/** All at once, before anything follows from it: nothing may be sent to work with what is lost but not yet known to be. */
function loseCopies(state: SchedulerState, worker: WorkerRecord, out: SchedulerOutput): void {
  for (const task of [...worker.held, ...worker.replicas]) {
    removeReplica(task, worker);
    if (task.whoHas === null) transition(state, task, STATE.released, out);
  }
}

/** Data that was to be sent to this worker will not arrive; its client has seen so, or will. */
function losePlanned(state: SchedulerState, worker: WorkerRecord): void {
  for (const [task, planned] of state.planned) {
    const index = planned.indexOf(worker);
    if (index < 0) continue;
    planned.splice(index, 1);
    if (planned.length > 0) continue;
    state.planned.delete(task);
    if (task.state === STATE.released) recommend(state, task, STATE.forgotten);
  }
}
