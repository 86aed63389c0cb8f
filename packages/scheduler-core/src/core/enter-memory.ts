import { settleActor } from './actors.js';
import { forgetFired } from './fire-and-forget.js';
import { recommend, recommendIfUnneeded, recommendReady } from './recommend.js';
import type { TaskRecord } from './records.js';
import { addReplica, setNbytes } from './replicas.js';
import type { SchedulerOutput } from './scheduler-output.js';
import type { SchedulerState } from './scheduler-state.js';
import { setState } from './set-state.js';
import { STATE } from './task-state.js';
import { tellWanters } from './wants.js';
import { dropClaims } from './release.js';

/**
 * The result that `state.arrival` describes has come to lie on a worker: tells those who wait for it.
 *
 * Dependents that waited for nothing else become ready. Dependencies are let go after that is proposed, and therefore,
 * the list being last in first out, before it is done: a worker hears what it may drop before it hears what to compute.
 */
export function enterMemory(state: SchedulerState, task: TaskRecord, out: SchedulerOutput): void {
  const { arrival } = state;
  const wasActive = task.state === STATE.processing;
  setNbytes(task, arrival.nbytes);
  task.typeId = arrival.typeId;
  if (arrival.worker !== null) {
    addReplica(task, arrival.worker);
    settleActor(task, arrival.worker);
  }
  setState(state, task, STATE.memory);
  if (task.dependents !== null) wakeDependents(state, task);
  if (task.wantedBy !== null) tellWanters(task, out, 'keyInMemory');
  if (wasActive) dropClaims(state, task, false);
  if (state.forgetful !== null) forgetFired(state, task);
  recommendIfUnneeded(state, task);
}

function wakeDependents(state: SchedulerState, task: TaskRecord): void {
  const { dependents } = task;
  if (!Array.isArray(dependents) && !(dependents instanceof Set)) {
    if (dependents !== null && isReadyNow(dependents)) recommend(state, dependents, STATE.processing);
    return;
  }
  const ready: TaskRecord[] = [];
  for (const dependent of dependents) if (isReadyNow(dependent)) ready.push(dependent);
  if (ready.length > 0) recommendReady(state, ready);
}

function isReadyNow(dependent: TaskRecord): boolean {
  // Others may be released, erred, or have their result already.
  if (dependent.state !== STATE.waiting) return false;
  dependent.waitingCount -= 1;
  return dependent.waitingCount === 0;
}
