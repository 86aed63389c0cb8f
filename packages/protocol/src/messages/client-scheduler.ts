import { defineMessage } from './define-message.js';
import {
  facts,
  flag,
  id,
  ids,
  list,
  number,
  numbers,
  optional,
  payload,
  prose,
  record,
  text,
  texts,
} from './fields.js';
import {
  argumentRows,
  failurePart,
  functionPart,
  holderRows,
  idLists,
  resourceAmount,
  resultRows,
  runOutcome,
  spanPart,
  storyRow,
  typePart,
  unitPart,
  valueRows,
} from './parts.js';

/** How tasks of one submission are to be run; the same for all tasks of an `update-graph`. */
const submitOptions = record({
  /** Higher runs earlier. */
  priority: number,
  /** Submissions closer together than this share a generation, and so run as if they were one. Milliseconds. */
  fifoTimeoutMs: number,
  /** How often a task that throws is tried again. */
  retries: id,
  /** Addresses, names or hosts; empty for any. */
  workers: list(text),
  /** Whether `workers` is a wish rather than a condition. */
  allowOtherWorkers: flag,
  /** Milliseconds that one run may take; 0 for no limit. */
  timeoutMs: number,
  /** What a task occupies of its worker's resources while it runs; absent: nothing. */
  resources: optional(list(resourceAmount)),
  /** Whether what they make are actors; absent: no. */
  actor: optional(flag),
  /** The spans around the submission, the outermost first, within that of the task that submits it; absent: none. */
  span: optional(list(spanPart)),
  /** What the user has noted about them, for plugins of the scheduler; absent: nothing. */
  custom: optional(facts),
});

/**
 * Tasks, a row each, numbered by the client from `firstId` on, densely, once for the life of the connection.
 *
 * `functions` introduces those that this connection has not seen, `units` the code that they need and that it has not
 * seen; `functionIds` refers to any function introduced so far and not released.
 * `dependencies` are client ids of tasks introduced so far, this message included; an encoded argument's reference `n`
 * means the n-th of its row. `order` is the place of each row in the order of execution among all tasks of its generation;
 * absent: the row's client id, so that what was submitted first runs first, over several messages too.
 * `wanted` are rows that the client holds futures of; absent: all. `parent` is the scheduler's id of the task that submits
 * them, if one does: they run before others of its generation.
 */
export const updateGraph = defineMessage('update-graph', 1, {
  graphId: id,
  functions: list(functionPart),
  firstId: id,
  keys: texts,
  functionIds: ids,
  args: argumentRows,
  dependencies: optional(idLists),
  order: optional(ids),
  wanted: optional(ids),
  options: submitOptions,
  units: list(unitPart),
  parent: optional(id),
});

/** The client holds futures of keys that it did not submit; `ids` are new client ids for them. */
export const desireKeys = defineMessage('desire-keys', 2, { ids, keys: texts });

/** The client holds no future of these any more. */
export const releaseKeys = defineMessage('release-keys', 3, { ids });

/** Forget these for this client, and for all with `force`; what runs for nobody is stopped. */
export const cancelKeys = defineMessage('cancel-keys', 4, { ids, force: flag, reason: prose });

/** Run erred tasks again, from the ones that failed first. */
export const retryKeys = defineMessage('retry-keys', 5, { ids });

/**
 * The client will not refer to these functions again. Code that only they needed is forgotten with them, and introduced
 * once more if another function needs it. Tasks that were submitted keep what they need.
 */
export const releaseFunctions = defineMessage('release-functions', 7, { functionIds: ids });

/** These are to be done, whatever becomes of the client's futures and of the client. */
export const fireAndForget = defineMessage('fire-and-forget', 8, { ids });

/** The client leaves in order. */
export const closeClient = defineMessage('close-client', 6, {});

/** Results are on workers. Small ones come along, for a client that waits for them. */
export const keysInMemory = defineMessage('keys-in-memory', 20, {
  ids,
  sizes: numbers,
  types: list(typePart),
  typeIds: ids,
  results: optional(resultRows),
});

/** Tasks failed: with their own error, or with that of the task `blame` which they needed. */
export const keysErred = defineMessage('keys-erred', 21, { ids, blame: text, worker: text, failure: failurePart });

/** Results are lost and are being computed again; the futures wait once more. */
export const keysLost = defineMessage('keys-lost', 22, { ids });

/** The scheduler will not compute these any more. */
export const keysCancelled = defineMessage('keys-cancelled', 23, { ids, reason: text, message: prose });

/** Erred tasks are tried again. */
export const keysRetried = defineMessage('keys-retried', 24, { ids });

/** Tasks of an `update-graph` were turned away, and nothing of them was kept: all, or those that need what is gone. */
export const graphRefused = defineMessage('graph-refused', 25, {
  graphId: id,
  ids,
  code: text,
  message: prose,
  details: facts,
});

/** The scheduler closes in order. */
export const schedulerClosing = defineMessage('scheduler-closing', 26, { reason: prose });

export const registerClient = defineMessage('register-client', 40, { clientId: text, name: text, versions: facts });
export const clientRegistered = defineMessage('client-registered', 41, { schedulerId: text, info: facts });

export const schedulerInfoRequest = defineMessage('scheduler-info', 42, {});
export const schedulerInfoReply = defineMessage('scheduler-info-reply', 43, { info: facts });

/** Where the results of these client ids lie; `null`: of every task that has any. */
export const whoHasRequest = defineMessage('who-has', 44, { ids: optional(ids) });
export const whoHasReply = defineMessage('who-has-reply', 45, { holders: holderRows });

/** The keys that workers hold; empty: all workers. */
export const hasWhatRequest = defineMessage('has-what', 46, { workers: list(text) });
export const hasWhatReply = defineMessage('has-what-reply', 47, {
  workers: list(record({ worker: text, keys: texts })),
});

/** Fetches results through the scheduler, for clients that cannot reach workers. What is absent was not found. */
export const collectRequest = defineMessage('collect', 48, { taskIds: ids });
export const collectReply = defineMessage('collect-reply', 49, { values: valueRows });

/** Makes tasks that are plain data, and says to which workers their values are to be sent. */
export const planScatterRequest = defineMessage('plan-scatter', 50, {
  ids,
  keys: texts,
  sizes: numbers,
  workers: list(text),
});
export const planScatterReply = defineMessage('plan-scatter-reply', 51, { holders: holderRows });

/** Sends planned values through the scheduler, for clients that cannot reach workers. */
export const relayDataRequest = defineMessage('relay-data', 52, { worker: text, values: valueRows });
export const relayDataReply = defineMessage('relay-data-reply', 53, {});

/** Runs a function on workers, outside of any task; empty `workers`: on all. */
export const runFunctionRequest = defineMessage('run-function', 54, {
  function: functionPart,
  args: payload,
  workers: list(text),
  /** All the code that the function needs. */
  units: list(unitPart),
  /** On the nannies of these workers instead. To those that do not name the feature `run-on-nannies` it is not said. */
  nanny: optional(flag),
});
export const runFunctionReply = defineMessage('run-function-reply', 55, { outcomes: list(runOutcome) });

/** The steps that tasks went through, on the scheduler and on every worker that knows of them. */
export const storyRequest = defineMessage('story', 56, { keys: list(text) });
export const storyReply = defineMessage('story-reply', 57, { rows: list(storyRow) });

/** Answered once `count` workers are there; the request's deadline bounds the wait. */
export const waitForWorkersRequest = defineMessage('wait-for-workers', 58, { count: id });
export const waitForWorkersReply = defineMessage('wait-for-workers-reply', 59, { count: id });

/**
 * The result of `taskId`, which is being computed, will have futures of these in it: they are kept for as long as the
 * result is. Answered when that is so.
 */
export const holdForResultRequest = defineMessage('hold-for-result', 62, { taskId: id, ids });
export const holdForResultReply = defineMessage('hold-for-result-reply', 63, {});

/** How a future's task stands on the scheduler; for messages that say what is waited for. */
export const taskStatesRequest = defineMessage('task-states', 60, { ids });
export const taskStatesReply = defineMessage('task-states-reply', 61, { states: list(text), workerCount: id });
