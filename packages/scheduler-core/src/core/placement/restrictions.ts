import type { SchedulerState } from '../scheduler-state.js';
import type { TaskRecord, WorkerRecord } from '../records.js';
import { hasSupply } from './resources.js';

/**
 * The running workers that may run `task`; `null` for all of them.
 *
 * Names are looked up at every dispatch: a worker that was asked for may come later. If none of those asked for is there
 * and others are allowed, all are. Resources are a condition in any case.
 */
export function allowedWorkers(state: SchedulerState, task: TaskRecord): WorkerRecord[] | null {
  const options = task.graph?.options;
  if (options === undefined) return null;
  const { workers: names, allowOtherWorkers, resources } = options;
  if (names.length === 0 && resources === null) return null;
  const able = state.workers.filter(
    (worker) => worker.status === 'running' && (resources === null || hasSupply(worker, resources)),
  );
  if (names.length === 0) return able;
  const named = able.filter((worker) => isNamed(worker, names));
  return named.length === 0 && allowOtherWorkers ? able : named;
}

/** Whether a worker is meant by one of these addresses, names or hosts. */
export function isNamed({ about }: WorkerRecord, names: readonly string[]): boolean {
  return names.includes(about.name) || names.includes(about.address) || names.includes(about.host);
}
