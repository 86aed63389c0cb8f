import { hasMember } from '../relation.js';
import type { SchedulerState } from '../scheduler-state.js';
import { nbytesOf, type TaskRecord, type WorkerRecord } from '../records.js';

const KIB = 1024;

/** Milliseconds of work that a worker has before it: computing and fetching. */
export function occupancyMs(state: SchedulerState, worker: WorkerRecord): number {
  return worker.computeMs + ((worker.inboundKib * KIB) / state.bandwidth) * 1000;
}

/** KiB of a task's dependencies that `worker` would have to fetch. */
export function inboundKibOf(task: TaskRecord, worker: WorkerRecord): number {
  const { dependencies } = task;
  if (dependencies === null) return 0;
  if (Array.isArray(dependencies)) {
    let bytes = 0;
    for (let index = 0; index < dependencies.length; index += 1)
      bytes += missingBytes(dependencies[index] as TaskRecord, worker);
    return Math.round(bytes / KIB);
  }
  // Dependencies are never a Set: their order is that of the arguments.
  return Math.round(missingBytes(dependencies, worker) / KIB);
}

function missingBytes(dependency: TaskRecord, worker: WorkerRecord): number {
  return dependency.whoHas === worker || hasMember(dependency.whoHas, worker) ? 0 : nbytesOf(dependency);
}
