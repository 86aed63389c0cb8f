import type { ResourceAmount } from '../graph-block.js';
import type { TaskRecord, WorkerRecord } from '../records.js';

/* Abstract resources: who has enough of them, and what is taken. The worker itself holds a task back until enough is free. */

/** Whether `worker` has as much as is asked for, used or not. */
export function hasSupply(worker: WorkerRecord, wanted: readonly ResourceAmount[]): boolean {
  return wanted.every(({ name, amount }) => (worker.resources.get(name) ?? 0) >= amount);
}

/** Whether nothing that `worker` was given has to end before it can begin something that asks for this. */
export function hasFree({ resources, usedResources }: WorkerRecord, wanted: readonly ResourceAmount[]): boolean {
  return wanted.every(({ name, amount }) => (resources.get(name) ?? 0) - (usedResources.get(name) ?? 0) >= amount);
}

/** The workers on which `task` need not stand in line for resources; all of them if it has to everywhere. */
export function preferFree(workers: WorkerRecord[], wanted: readonly ResourceAmount[]): WorkerRecord[] {
  const free = workers.filter((worker) => hasFree(worker, wanted));
  return free.length === 0 ? workers : free;
}

/** Counts what a task that `worker` was given occupies. */
export function occupyResources(worker: WorkerRecord, task: TaskRecord): void {
  for (const { name, amount } of task.graph?.options.resources ?? [])
    worker.usedResources.set(name, (worker.usedResources.get(name) ?? 0) + amount);
}

/** Takes that back. */
export function vacateResources(worker: WorkerRecord, task: TaskRecord): void {
  for (const { name, amount } of task.graph?.options.resources ?? [])
    worker.usedResources.set(name, (worker.usedResources.get(name) ?? 0) - amount);
}
