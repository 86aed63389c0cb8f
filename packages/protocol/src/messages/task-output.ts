import { defineMessage } from './define-message.js';
import { id, ids, list, numbers, optional, record, text, texts } from './fields.js';

/*
 * What tasks write: to the console, and to their logs. Peers that know these messages name the feature `task-output` in
 * their handshake; to others none of them is sent.
 */

/** What peers that know these messages name in their handshake. */
export const TASK_OUTPUT_FEATURE = 'task-output';

/** Where something was written, in the order of the numbers on the wire. */
export const OUTPUT_SOURCES = ['stdout', 'stderr', 'debug', 'info', 'warn', 'error'] as const;

/** Where a task wrote something: to the console, or to its log at that level. */
export type OutputSource = (typeof OUTPUT_SOURCES)[number];

/** Stands for the task of what was written outside of tasks. */
export const OUTSIDE_OF_TASKS = Number.MAX_SAFE_INTEGER;

/** Pieces of output, a row each, in the order in which they were written; times are the scheduler's. */
const outputRows = record({
  keys: texts,
  workers: list(text),
  /** Positions in `workers`. */
  workerIndexes: ids,
  /** Positions in {@link OUTPUT_SOURCES}. */
  sources: ids,
  times: numbers,
  texts,
});

/** Worker to scheduler: tasks wrote this. */
export const taskOutput = defineMessage('task-output', 270, {
  taskIds: ids,
  keys: texts,
  sources: ids,
  times: numbers,
  texts,
});

/** Client to scheduler: what is kept of what these tasks have written? `missed`: how many older pieces are not kept. */
export const getOutputRequest = defineMessage('get-output', 271, { ids });
export const getOutputReply = defineMessage('get-output-reply', 272, { rows: outputRows, missed: id });

/**
 * Client to scheduler: tell me, or do not tell me any more, what is written from now on: by these tasks, or, where `ids` is
 * absent, by all on the cluster.
 */
export const followOutput = defineMessage('follow-output', 273, { ids: optional(ids) });
export const unfollowOutput = defineMessage('unfollow-output', 274, { ids: optional(ids) });

/** Scheduler to client: tasks wrote this. `missed`: how many pieces were left out, since there was too much of it. */
export const outputWritten = defineMessage('output-written', 275, { rows: outputRows, missed: id });
