import { addMember, firstMember, hasMember, removeMember } from './relation.js';
import type { TaskRecord, WorkerRecord } from './records.js';

/* Who holds what: the only place that writes `whoHas` and what workers hold. */

/** Notes that `worker` holds `task`; nothing changes if that was known. */
export function addReplica(task: TaskRecord, worker: WorkerRecord): void {
  if (task.whoHas === null) {
    task.whoHas = worker;
    holdFirst(task, worker);
  } else {
    if (hasMember(task.whoHas, worker)) return;
    task.whoHas = addMember(task.whoHas, worker);
    worker.replicas.add(task);
  }
  worker.nbytes += task.nbytes;
}

/** Notes that `worker` holds `task` no more; `false` if it did not. */
export function removeReplica(task: TaskRecord, worker: WorkerRecord): boolean {
  if (!hasMember(task.whoHas, worker)) return false;
  const wasFirst = firstMember(task.whoHas) === worker;
  task.whoHas = removeMember(task.whoHas, worker);
  worker.nbytes -= task.nbytes;
  if (!wasFirst) {
    worker.replicas.delete(task);
    return true;
  }
  dropFirst(task, worker);
  const next = firstMember(task.whoHas);
  if (next !== null) {
    next.replicas.delete(task);
    holdFirst(task, next);
  }
  return true;
}

/** Takes over a result's size, which a second run may have changed. */
export function setNbytes(task: TaskRecord, nbytes: number): void {
  // Only ever set while nobody holds it, so that the workers' sums stay right.
  if (task.whoHas === null) task.nbytes = nbytes;
}

function holdFirst(task: TaskRecord, worker: WorkerRecord): void {
  task.heldSlot = worker.held.length;
  worker.held.push(task);
}

function dropFirst(task: TaskRecord, worker: WorkerRecord): void {
  const { held } = worker;
  const last = held.pop() as TaskRecord;
  if (last === task) return;
  held[task.heldSlot] = last;
  last.heldSlot = task.heldSlot;
}
