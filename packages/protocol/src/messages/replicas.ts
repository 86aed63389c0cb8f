import { defineMessage } from './define-message.js';
import { flag, id, ids, list, number, numbers, oneOf, optional, prose, record, text } from './fields.js';
import { idLists, workerPart } from './parts.js';

/*
 * Copies of results that no task asked for. Peers that know these messages name the feature `replicas` in their handshake;
 * to others none of them is sent.
 */

/** What peers that know these messages name in their handshake. */
export const REPLICAS_FEATURE = 'replicas';

/**
 * Scheduler to worker: get copies of these from the holders named, after what tasks need. For each the worker says
 * `add-keys` when it has it, or `release-worker-data` when it gives it up, since nobody has it.
 */
export const acquireReplicas = defineMessage('acquire-replicas', 190, {
  workers: list(workerPart),
  taskIds: ids,
  sizes: numbers,
  holders: idLists,
  stimulusId: id,
});

/**
 * Scheduler to worker: there are other copies of these; drop yours, or do not get any. The scheduler does not count on
 * them any more. For each that it had the worker says `release-worker-data`, or `add-keys` if tasks there need it.
 */
export const removeReplicas = defineMessage('remove-replicas', 191, { taskIds: ids, stimulusId: id });

/** Client to scheduler: have what looks after copies of results run by itself, or not, or once. */
export const memoryManagerRequest = defineMessage('memory-manager', 192, {
  action: oneOf(['start', 'stop', 'run-once', 'ask']),
});
export const memoryManagerReply = defineMessage('memory-manager-reply', 193, { isRunning: flag });

/** Why a worker was not retired. */
const keptWorker = record({ worker: text, reason: prose });

/**
 * Client to scheduler, or a worker about itself: have workers finish what they run, move their results, and then, as asked,
 * tell them to close and take them out of the tables. Answered when that is done, or cannot be, for each.
 */
export const retireWorkersRequest = defineMessage('retire-workers', 194, {
  /** Addresses or names; absent: those that it costs least to do without. */
  workers: optional(list(text)),
  /** How many of those; absent: as many as are idle and not needed for their memory. */
  count: optional(id),
  closeWorkers: flag,
  remove: flag,
  /** A worker that is not done after so many milliseconds stays. */
  timeoutMs: number,
});
export const retireWorkersReply = defineMessage('retire-workers-reply', 195, {
  retired: list(text),
  kept: list(keptWorker),
});

/**
 * Client to scheduler: have copies of these made, as many of each (absent: one on each worker) on these workers (absent: any),
 * and no more there. Answered when they are there; `missing` are those of which there are too few, for `reason`.
 */
export const replicateRequest = defineMessage('replicate', 196, {
  ids,
  copies: optional(id),
  workers: optional(list(text)),
  /** Copies made of each copy at a time. */
  branchingFactor: id,
  timeoutMs: number,
});
export const replicateReply = defineMessage('replicate-reply', 197, { missing: ids, reason: prose });

/**
 * Client to scheduler: have results moved so that workers use about the same memory; these results (absent: all), between
 * these workers (absent: all). `missing` are those that are not there.
 */
export const rebalanceRequest = defineMessage('rebalance', 198, {
  ids: optional(ids),
  workers: optional(list(text)),
  timeoutMs: number,
});
export const rebalanceReply = defineMessage('rebalance-reply', 199, { moved: id, missing: ids, reason: prose });
