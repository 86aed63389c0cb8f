import { defineMessage } from './define-message.js';
import { facts, flag, id, ids, list, number, numbers, oneOf, optional, prose, record, text, texts } from './fields.js';
import {
  argumentRows,
  failurePart,
  functionPart,
  idLists,
  resultRows,
  rowResources,
  typePart,
  unitPart,
  workerPart,
} from './parts.js';

/** Bits of `compute-tasks.flags`. */
export const COMPUTE_FLAGS = {
  /** A client waits for the result: send it along if it is small. */
  sendResult: 1,
  /** What it makes is an actor: it stays in a thread of this worker, and the result is a handle of it. */
  actor: 2,
} as const;

/**
 * What a task's arguments refer to: task ids, sizes in bytes and, for each, the workers that held it when this was
 * sent. The holders are a hint that may be stale on arrival.
 */
const dependencyRows = record({
  /** Where each task's dependencies end. */
  ends: ids,
  ids,
  sizes: numbers,
  holders: idLists,
});

/**
 * Tasks for this worker, a row each. Task, run and worker ids are the scheduler's, unique in its life; `functions`,
 * `workers` and `units` introduce those that this worker has not been told of. Smaller priority tuples run first:
 * `(priorities, generations, orders)`.
 */
export const computeTasks = defineMessage('compute-tasks', 100, {
  functions: list(functionPart),
  workers: list(workerPart),
  taskIds: ids,
  runIds: ids,
  stimulusIds: ids,
  functionIds: ids,
  priorities: numbers,
  generations: numbers,
  orders: numbers,
  flags: ids,
  /** Milliseconds a run may take, 0 for no limit; absent: no row has one. */
  timeoutsMs: optional(numbers),
  keys: texts,
  args: argumentRows,
  dependencies: optional(dependencyRows),
  /** In the order of their rows; absent: no row occupies any. */
  resources: optional(list(rowResources)),
  units: list(unitPart),
  /** The scheduler's numbers of the spans that they were submitted in, 0 for none; absent: none is in any. */
  spans: optional(ids),
});

/** Neither compute nor keep these; what runs is stopped. */
export const freeKeys = defineMessage('free-keys', 101, { taskIds: ids, stimulusId: id });

/** A worker is gone; its copies with it. */
export const removeWorker = defineMessage('remove-worker', 102, { workerId: id, stimulusId: id });

/** The holders that the scheduler knows of now, in answer to `request-refresh-who-has`. */
export const refreshWhoHas = defineMessage('refresh-who-has', 103, {
  workers: list(workerPart),
  taskIds: ids,
  holders: idLists,
  stimulusId: id,
});

/** No task needs these functions any more, and no function this code. */
export const freeFunctions = defineMessage('free-functions', 104, { functionIds: ids, unitHashes: list(text) });

/** The worker is to leave. */
export const closeWorker = defineMessage('close-worker', 105, { reason: prose });

/** Give this run up if it has not begun: another worker could start it sooner. Answered by `steal-response`. */
export const stealRequest = defineMessage('steal-request', 110, { taskId: id, runId: id, stimulusId: id });

/** Results are in this worker's memory. Times are milliseconds, on the scheduler's clock. */
export const tasksFinished = defineMessage('tasks-finished', 120, {
  types: list(typePart),
  taskIds: ids,
  runIds: ids,
  sizes: numbers,
  typeIds: ids,
  starts: numbers,
  durations: numbers,
  results: optional(resultRows),
});

export const taskErred = defineMessage('task-erred', 121, {
  taskId: id,
  runId: id,
  start: number,
  duration: number,
  failure: failurePart,
});

/** Copies that this worker has and was not told to compute: fetched, or scattered to it. */
export const addKeys = defineMessage('add-keys', 122, { taskIds: ids, sizes: numbers });

/** `workerId` was named as a holder and has no copy. */
export const missingData = defineMessage('missing-data', 123, { taskId: id, workerId: id });

/** The task left its slot and runs on. */
export const longRunning = defineMessage('long-running', 124, { taskId: id, runId: id, duration: number });

/** The task asks to be run elsewhere or later. */
export const rescheduleTask = defineMessage('reschedule-task', 125, { taskId: id, runId: id });

/** Copies that this worker gave up by itself. */
export const releaseWorkerData = defineMessage('release-worker-data', 126, { taskIds: ids });

/** Who has these? This worker knows no holder that answers. */
export const requestRefreshWhoHas = defineMessage('request-refresh-who-has', 127, { taskIds: ids });

export const workerStatusChange = defineMessage('worker-status-change', 128, {
  status: oneOf(['running', 'paused', 'closing']),
});

/**
 * What became of a `steal-request`. `given-up`: the worker has forgotten the run; `kept`: it runs, or its result is about
 * to come; `unknown`: the worker was not going to run it.
 */
export const stealResponse = defineMessage('steal-response', 135, {
  taskId: id,
  runId: id,
  outcome: oneOf(['given-up', 'kept', 'unknown']),
});

export const registerWorker = defineMessage('register-worker', 140, {
  instanceId: text,
  name: text,
  address: text,
  threads: id,
  memoryLimit: number,
  pid: id,
  /** Milliseconds since the epoch on the worker's clock. */
  now: number,
  versions: facts,
  resources: facts,
  /** The instance id of its nanny; `null`: it has none. */
  nanny: optional(text),
});
export const workerRegistered = defineMessage('worker-registered', 141, {
  schedulerId: text,
  workerId: id,
  heartbeatIntervalMs: number,
  now: number,
});

export const heartbeatRequest = defineMessage('heartbeat', 142, { now: number, metrics: facts });
export const heartbeatReply = defineMessage('heartbeat-reply', 143, {
  /** `missing`: the scheduler does not know this worker; it must close. */
  status: oneOf(['ok', 'missing']),
  intervalMs: number,
  now: number,
});

export const workerStoryRequest = defineMessage('worker-story', 144, { keys: list(text) });

/** Whether this worker is in order to leave: sent by a worker that was asked to stop from outside. */
export const unregisterWorker = defineMessage('unregister-worker', 146, { reason: prose, expected: flag });
export const workerUnregistered = defineMessage('worker-unregistered', 147, {});
