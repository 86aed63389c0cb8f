import { ACTIVITY } from '../activity.js';
import type { WorkerEffects } from '../effects.js';
import { addHolder } from '../gather/holders.js';
import { LocalTask, stateIndexOf } from '../local-task.js';
import type { AcquireReplicas, RemoveReplicas } from '../stimulus.js';
import { noteStep } from '../transitions/note-step.js';
import { reconsider } from '../transitions/reconsider.js';
import type { WorkerState } from '../worker-state.js';
import { introduceWorkers } from './compute-tasks.js';

/** Behind what tasks of ordinary priority need, and before what those of a lower one do. */
const REPLICA_PRIORITY = 1;

/**
 * The scheduler wants copies here that no task asked for. Each is answered: that it is here, that it was computed here,
 * or that it was given up.
 */
export function onAcquireReplicas(state: WorkerState, { message }: AcquireReplicas, out: WorkerEffects): void {
  introduceWorkers(state, message.workers);
  const { taskIds, sizes, holders } = message;
  let index = 0;
  for (let row = 0; row < taskIds.length; row += 1) {
    const task = takeTask(state, taskIds[row] as number, sizes[row] as number);
    const end = holders.ends[row] as number;
    if (task.activity === ACTIVITY.memory) {
      task.isHeld = true;
      out.addKeys(task);
    } else {
      const from = stateIndexOf(task);
      task.isReplicaWanted = true;
      for (; index < end; index += 1) addHolder(state, task, holders.ids[index] as number, out);
      if (task.activity === ACTIVITY.released) reconsider(state, task, from, out);
      // It was under way for nobody, and is wanted again.
      else if (task.isExecuting || task.activity === ACTIVITY.flight) noteStep(state, task, from);
    }
    index = end;
  }
}

function takeTask(state: WorkerState, taskId: number, nbytes: number): LocalTask {
  const known = state.tasks.get(taskId);
  if (known !== undefined) return known;
  const task = new LocalTask(taskId);
  task.nbytes = nbytes;
  task.priority = REPLICA_PRIORITY;
  task.order = taskId;
  state.tasks.set(taskId, task);
  return task;
}

/**
 * There are copies elsewhere, and these are too many. A copy that tasks here need is kept, and the scheduler is told so; it
 * is told as well of each that was dropped, so that what it heard last of a copy is true whatever crossed on the way.
 */
export function onRemoveReplicas(state: WorkerState, { message }: RemoveReplicas, out: WorkerEffects): void {
  const { taskIds } = message;
  for (let row = 0; row < taskIds.length; row += 1) {
    const task = state.tasks.get(taskIds[row] as number);
    if (task === undefined) continue;
    const from = stateIndexOf(task);
    if (task.isReplicaWanted) {
      task.isReplicaWanted = false;
      reconsider(state, task, from, out);
    } else if (task.isHeld && task.waiterCount > 0) out.addKeys(task);
    else if (task.isHeld) {
      task.isHeld = false;
      out.releaseData(task);
      reconsider(state, task, from, out);
    }
  }
}

/** Nobody has it at the moment. If only the scheduler wanted a copy, it knows better than to have us ask for ever. */
export function giveUpReplica(state: WorkerState, task: LocalTask, out: WorkerEffects): void {
  if (!task.isReplicaWanted || task.waiterCount > 0 || task.isComputeWanted) return;
  const from = stateIndexOf(task);
  task.isReplicaWanted = false;
  out.releaseData(task);
  reconsider(state, task, from, out);
}
