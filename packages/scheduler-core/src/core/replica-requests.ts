import { isActor } from './actors.js';
import type { TaskRecord, WorkerRecord } from './records.js';
import { hasMember, memberCount } from './relation.js';
import { removeReplica } from './replicas.js';
import type { SchedulerOutput } from './scheduler-output.js';
import type { SchedulerState } from './scheduler-state.js';
import { STATE } from './task-state.js';

/*
 * Copies that no task asked for: the only place that writes `acquiring`.
 *
 * Nothing here waits. A copy counts when its worker says that it has it; one that is to go counts no more from the moment
 * in which that is said. A worker answers both, in order, so that what was heard of a copy last is true.
 */

/** Whether a worker may be asked for a copy of `task`. */
export function canAcquire(state: SchedulerState, task: TaskRecord, worker: WorkerRecord): boolean {
  return (
    worker.status === 'running' &&
    worker.about.takesReplicas &&
    !isActor(task) &&
    !hasMember(task.whoHas, worker) &&
    state.acquiring.get(task)?.includes(worker) !== true
  );
}

/** Has `worker` get a copy of `task`. Only for a task in memory, and a worker that can acquire it. */
export function requestReplica(
  state: SchedulerState,
  task: TaskRecord,
  worker: WorkerRecord,
  out: SchedulerOutput,
): void {
  const workers = state.acquiring.get(task);
  if (workers === undefined) state.acquiring.set(task, [worker]);
  else workers.push(worker);
  out.acquireReplica(worker, task);
}

/** Whether a copy of `task` on `worker` is one of several. */
export function canRemove(task: TaskRecord, worker: WorkerRecord): boolean {
  return (
    task.state === STATE.memory &&
    worker.about.takesReplicas &&
    !worker.actors.has(task) &&
    memberCount(task.whoHas) > 1 &&
    hasMember(task.whoHas, worker)
  );
}

/** Has `worker` drop its copy of `task`. Only for a copy that can be removed. */
export function requestRemoval(task: TaskRecord, worker: WorkerRecord, out: SchedulerOutput): void {
  removeReplica(task, worker);
  out.removeReplica(worker, task.id);
}

/** A copy that `worker` was asked for is there, or will not come. */
export function endRequest(state: SchedulerState, task: TaskRecord, worker: WorkerRecord): void {
  const workers = state.acquiring.get(task);
  const index = workers?.indexOf(worker) ?? -1;
  if (workers === undefined || index < 0) return;
  workers.splice(index, 1);
  if (workers.length === 0) state.acquiring.delete(task);
}

/** `worker` is to get no copies any more: it has stopped fetching, or is gone. */
export function withdrawRequests(state: SchedulerState, worker: WorkerRecord, out: SchedulerOutput): void {
  for (const [task, workers] of state.acquiring) {
    if (!workers.includes(worker)) continue;
    endRequest(state, task, worker);
    if (worker.status !== 'closed') out.removeReplica(worker, task.id);
  }
}

/** How many copies of `task` there are and are to come. */
export function copyCount(state: SchedulerState, task: TaskRecord): number {
  return memberCount(task.whoHas) + (state.acquiring.get(task)?.length ?? 0);
}
