import type { SchedulerState } from '../scheduler-state.js';
import type { TaskRecord, WorkerRecord } from '../records.js';

/**
 * The running workers that may run `task`; `null` for all of them.
 *
 * Names are looked up at every dispatch: a worker that was asked for may come later. If none of those asked for is there
 * and others are allowed, all are.
 */
export function allowedWorkers(state: SchedulerState, task: TaskRecord): WorkerRecord[] | null {
  const options = task.graph?.options;
  if (options === undefined || options.workers.length === 0) return null;
  const named = state.workers.filter((worker) => worker.status === 'running' && isNamed(worker, options.workers));
  return named.length === 0 && options.allowOtherWorkers ? null : named;
}

/** Whether a worker is meant by one of these addresses, names or hosts. */
export function isNamed({ about }: WorkerRecord, names: readonly string[]): boolean {
  return names.includes(about.name) || names.includes(about.address) || names.includes(about.host);
}
