import { ACTIVITY } from '../activity.js';
import type { WorkerEffects } from '../effects.js';
import { addHolder } from '../gather/holders.js';
import { stateIndexOf } from '../local-task.js';
import type { FindMissing, FreeFunctions, FreeKeys, RefreshWhoHas, RemoveWorker, StealRequest } from '../stimulus.js';
import { reconsider } from '../transitions/reconsider.js';
import type { WorkerState } from '../worker-state.js';
import { introduceWorkers } from './compute-tasks.js';
import { loseHolder } from './gather-results.js';
import { giveUpReplica } from './replicas.js';

/**
 * The scheduler wants none of these any more, neither computed nor kept. What a task here still needs is kept for its
 * sake; keys that are not here were never heard of, or forgotten since.
 */
export function onFreeKeys(state: WorkerState, { message }: FreeKeys, out: WorkerEffects): void {
  const { taskIds } = message;
  for (let row = 0; row < taskIds.length; row += 1) {
    const task = state.tasks.get(taskIds[row] as number);
    if (task === undefined) continue;
    const from = stateIndexOf(task);
    task.isComputeWanted = false;
    task.isHeld = false;
    task.isReplicaWanted = false;
    reconsider(state, task, from, out);
  }
}

/**
 * Another worker could start this run sooner. It is given up, and forgotten, unless a thread has it or its value is on the
 * way; then what comes of it is told as ever.
 */
export function onStealRequest(state: WorkerState, { message }: StealRequest, out: WorkerEffects): void {
  const { taskId, runId } = message;
  const task = state.tasks.get(taskId);
  if (task?.isComputeWanted !== true || task.runId !== runId) {
    out.stealResponse(taskId, runId, 'unknown');
    return;
  }
  if (task.activity !== ACTIVITY.waiting && task.activity !== ACTIVITY.ready) {
    out.stealResponse(taskId, runId, 'kept');
    return;
  }
  const from = stateIndexOf(task);
  task.isComputeWanted = false;
  reconsider(state, task, from, out);
  out.stealResponse(taskId, runId, 'given-up');
}

/** A transfer from it that is under way ends by itself, in one way or another. */
export function onRemoveWorker(state: WorkerState, { message }: RemoveWorker, out: WorkerEffects): void {
  state.gone.add(message.workerId);
  const peer = state.peers.get(message.workerId);
  if (peer === undefined) return;
  state.peers.delete(message.workerId);
  loseHolder(state, peer, out);
}

/**
 * May name tasks that have been fetched or forgotten since, and may name nobody: then the next poll asks again, unless it
 * is a copy that no task here needs.
 */
export function onRefreshWhoHas(state: WorkerState, { message }: RefreshWhoHas, out: WorkerEffects): void {
  introduceWorkers(state, message.workers);
  const { taskIds, holders } = message;
  for (let row = 0; row < taskIds.length; row += 1) {
    const task = state.tasks.get(taskIds[row] as number);
    if (task === undefined || task.activity === ACTIVITY.memory) continue;
    const first = row === 0 ? 0 : (holders.ends[row - 1] as number);
    for (let index = first; index < (holders.ends[row] as number); index += 1) {
      addHolder(state, task, holders.ids[index] as number, out);
    }
    if (first === holders.ends[row] && task.activity === ACTIVITY.missing) giveUpReplica(state, task, out);
  }
}

/** Tasks that still refer to one, since their last run is being stopped, keep what is known about it. */
export function onFreeFunctions(state: WorkerState, { message }: FreeFunctions): void {
  const { functionIds } = message;
  for (let row = 0; row < functionIds.length; row += 1) state.functions.delete(functionIds[row] as number);
}

export function onFindMissing(state: WorkerState, _stimulus: FindMissing, out: WorkerEffects): void {
  for (const task of state.missing) out.requestRefresh(task);
}
