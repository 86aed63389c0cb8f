import type { FailurePart, SchedulerFailure } from './failure-record.js';
import type { TaskRecord, WorkerRecord } from './records.js';
import { membersOf } from './relation.js';
import { STATE } from './task-state.js';

/*
 * Tasks whose results are actors. What is in memory is a handle, of which there may be copies; the object itself lives on the
 * worker that made it and nowhere else. The only place that writes which worker that is.
 */

/** Whether what a task makes is an actor. */
export function isActor(task: TaskRecord): boolean {
  return task.graph !== null && task.graph.options.actor === true;
}

/** Notes that an actor is being made on `worker`, or lives there. */
export function settleActor(task: TaskRecord, worker: WorkerRecord): void {
  if (isActor(task)) worker.actors.add(task);
}

/** Notes that an actor is not being made on `worker` any more. */
export function unsettleActor(task: TaskRecord, worker: WorkerRecord): void {
  if (worker.actors.size > 0) worker.actors.delete(task);
}

/** Notes that an actor is to go: nobody has to know any more where it lives. */
export function forgetHome(task: TaskRecord): void {
  if (isActor(task)) for (const worker of membersOf(task.whoHas)) worker.actors.delete(task);
}

/**
 * Notes that an actor is gone that lived on `worker`. Who needs it is to hear of that: made anew it would have forgotten
 * everything. Nothing happens to what is no actor, or does not live there.
 */
export function noteActorLoss(task: TaskRecord, worker: WorkerRecord, cause: FailurePart | SchedulerFailure): boolean {
  if (task.state !== STATE.memory || !worker.actors.delete(task)) return false;
  const { id: taskId, key } = task;
  task.failure = { taskId, key, worker: worker.about.address, cause };
  return true;
}

/** Notes that a worker has no handle any more of an actor that lives there: it has given both up, whatever the reason was. */
export function noteHandleLoss(task: TaskRecord, worker: WorkerRecord): boolean {
  return noteActorLoss(task, worker, lostWithWorker(task, worker, 'it has given the actor up'));
}

/** Why an actor is gone with the worker that it lived on. */
export function lostWithWorker(task: TaskRecord, worker: WorkerRecord, reason: string): SchedulerFailure {
  const { address } = worker.about;
  return {
    code: 'GRID_ACTOR_LOST',
    message: `the actor ${task.key} is lost with its worker ${address} (${reason}), and what it knew with it; submit it again to have a new one`,
    details: { key: task.key, worker: address, reason },
  };
}

/** Of these workers the one with the fewest actors; between equals, the one that has less to do. */
export function fewestActors(workers: readonly WorkerRecord[]): WorkerRecord | null {
  let best: WorkerRecord | null = null;
  for (const worker of workers) {
    if (worker.status !== 'running') continue;
    if (best === null || compareLoad(worker, best) < 0) best = worker;
  }
  return best;
}

function compareLoad(a: WorkerRecord, b: WorkerRecord): number {
  if (a.actors.size !== b.actors.size) return a.actors.size - b.actors.size;
  if (a.processing.length !== b.processing.length) return a.processing.length - b.processing.length;
  return a.nbytes - b.nbytes;
}
