import { defineMessage } from './define-message.js';
import {
  bytes,
  facts,
  flag,
  id,
  ids,
  list,
  number,
  numbers,
  oneOf,
  optional,
  prose,
  record,
  text,
  texts,
} from './fields.js';

/*
 * What people ask of a cluster that runs. Peers that know these messages name the feature `inspection` in their handshake;
 * to others none of them is sent.
 */

/** The feature of these messages. */
export const INSPECTION_FEATURE = 'inspection';

/** The keys that workers were given to compute; empty: all workers. */
export const processingRequest = defineMessage('processing', 300, { workers: list(text) });
export const processingReply = defineMessage('processing-reply', 301, {
  workers: list(record({ worker: text, keys: texts })),
});

/** Sizes of results in bytes, by key, or summed up by prefix; `null`: of all results. */
export const nbytesRequest = defineMessage('nbytes', 302, { keys: optional(list(text)), summary: flag });
export const nbytesReply = defineMessage('nbytes-reply', 303, { names: texts, sizes: numbers });

/** Why is this task not done? */
export const explainTaskRequest = defineMessage('explain-task', 304, { key: text });
export const explainTaskReply = defineMessage('explain-task-reply', 305, { explanation: facts });

/** Scheduler to worker: what is the matter with this task on your side? */
export const explainLocalTaskRequest = defineMessage('explain-local-task', 306, { taskId: id });

/**
 * What ran where and when. `after`: only what was recorded after so many runs; `from`, `to`: only what ran between these
 * times, in milliseconds since the epoch; `count`: only the last so many. Recording begins with the first such question.
 */
export const taskStreamRequest = defineMessage('task-stream', 307, {
  after: id,
  from: optional(number),
  to: optional(number),
  count: id,
});

/** Runs, a row each. `total`: how many have been recorded by now. */
export const taskStreamReply = defineMessage('task-stream-reply', 308, {
  total: id,
  keys: texts,
  /** Addresses, and the place in them of each row's. */
  workers: list(text),
  workerIndexes: ids,
  starts: numbers,
  durations: numbers,
  sizes: numbers,
  /** Kinds of results, and the place in them of each row's. */
  types: list(text),
  typeIndexes: ids,
  /** Rows of runs that failed. */
  failures: ids,
});

/** Worker to scheduler: something has happened here that people may want to know of. */
export const tellEvent = defineMessage('tell-event', 309, { action: text, facts });

/** Where a task is in its code on one worker. */
const taskStack = record({
  taskId: id,
  key: text,
  /** `running`: at `stack`; `awaiting`: none of its code runs; `assigned`: it stands behind another one. */
  status: oneOf(['running', 'awaiting', 'assigned']),
  stack: prose,
  /** Why there is no stack of a task that runs; else empty. */
  problem: prose,
});

/** Where are tasks in their code? `keys`: of these tasks, `null`: of all; `workers`: on these, empty: on all. */
export const callStacksRequest = defineMessage('call-stacks', 310, {
  keys: optional(list(text)),
  workers: list(text),
});
export const callStacksReply = defineMessage('call-stacks-reply', 311, {
  workers: list(record({ worker: text, tasks: list(taskStack) })),
});

/** Scheduler to worker: the same, for tasks by their numbers. */
export const workerCallStacksRequest = defineMessage('worker-call-stacks', 312, { taskIds: optional(ids) });

/**
 * The state of the scheduler (`server` is empty) or of the worker at that address, a page at a time and over a line for bulk
 * data: `part` of it from `after` on, about `count` rows. The scheduler hands a worker's page on.
 */
export const dumpStateRequest = defineMessage('dump-state', 313, {
  server: text,
  part: oneOf(['about', 'tasks', 'story']),
  after: id,
  count: id,
});

/** A line of JSON for each row; `next`: where the next page begins, `null`: there is none. */
export const dumpStateReply = defineMessage('dump-state-reply', 314, { lines: bytes, next: optional(id) });
