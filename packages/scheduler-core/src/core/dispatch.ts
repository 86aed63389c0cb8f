import { executorOf, executorResource, formatBytes } from '@grid/common';

import { decideWorker, decideWorkerAmong } from './placement/decide-worker.js';
import { holdsInputs, inputBytesOf } from './placement/input-memory.js';
import { allowedWorkers } from './placement/restrictions.js';
import { startProcessing } from './processing.js';
import { recommend } from './recommend.js';
import type { TaskRecord, WorkerRecord } from './records.js';
import type { SchedulerOutput } from './scheduler-output.js';
import type { SchedulerState } from './scheduler-state.js';
import { STATE } from './task-state.js';

/**
 * Gives a task that is ready to the worker that suits it best; or proposes that it fails, if its inputs fit into the memory
 * of no worker that may run it, or there are workers and none has the executor that it names.
 *
 * @returns `false` if no running worker may run it; nothing has happened then.
 */
export function dispatch(state: SchedulerState, task: TaskRecord, out: SchedulerOutput): boolean {
  const best = decideWorker(state, task);
  if (best === null) return failForExecutor(state, task);
  dispatchTo(state, task, best, out);
  return true;
}

/** Gives a task to `worker`, or, if its inputs do not fit there, to the best of the larger ones. */
export function dispatchTo(state: SchedulerState, task: TaskRecord, worker: WorkerRecord, out: SchedulerOutput): void {
  if (holdsInputs(worker, task)) {
    startProcessing(state, task, worker, out);
    return;
  }
  const allowed = allowedWorkers(state, task) ?? state.workers;
  const larger = decideWorkerAmong(
    state,
    task,
    allowed.filter((other) => other.status === 'running' && holdsInputs(other, task)),
  );
  if (larger === null) refuse(state, task, allowed);
  else startProcessing(state, task, larger, out);
}

/** A name that no worker has is rather mistyped than to come. */
function failForExecutor(state: SchedulerState, task: TaskRecord): boolean {
  const wanted = task.graph?.options.resources ?? null;
  if (wanted === null || state.workers.length === 0) return false;
  const executor = wanted.map(({ name }) => executorOf(name)).find((name) => name !== null);
  if (executor === undefined || state.workers.some((worker) => worker.resources.has(executorResource(executor)))) {
    return false;
  }
  const { key } = task;
  const names = new Set(state.workers.flatMap(({ resources }) => [...resources.keys()].map(executorOf)));
  names.delete(null);
  const known = names.size === 0 ? 'none has any' : `there are ${[...names].join(', ')}`;
  task.failure = {
    taskId: task.id,
    key,
    worker: '',
    cause: {
      code: 'GRID_SCHEDULER_UNKNOWN_EXECUTOR',
      message: `${key} is to run in the executor '${executor}', and no worker has one of that name: ${known}. Start workers with it, as with --executor ${executor}=1, and retry it`,
      details: { key, executor },
    },
  };
  recommend(state, task, STATE.erred);
  return true;
}

/** To try would only end the worker, and the next one after it. */
function refuse(state: SchedulerState, task: TaskRecord, allowed: readonly WorkerRecord[]): void {
  const { key } = task;
  const bytes = inputBytesOf(task);
  const most = allowed.reduce((a, b) => (b.about.memoryLimit > a.about.memoryLimit ? b : a));
  const { address, memoryLimit } = most.about;
  task.failure = {
    taskId: task.id,
    key,
    worker: address,
    cause: {
      code: 'GRID_SCHEDULER_INPUTS_TOO_LARGE',
      message: `the inputs of ${key} are ${formatBytes(bytes)} together, and no worker that may run it has as much memory; the largest, ${address}, has ${formatBytes(memoryLimit)}. Give it smaller pieces, or start a worker with more memory and retry it`,
      details: { key, bytes, worker: address, memoryLimit },
    },
  };
  recommend(state, task, STATE.erred);
}
