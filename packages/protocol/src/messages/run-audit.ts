import { defineMessage } from './define-message.js';
import { id, ids } from './fields.js';

/*
 * Whether a scheduler and a worker agree on what the worker is to compute: first by a count and a digest, and only if those
 * differ again and again, run by run. Workers that know this name the feature `run-audit` in their handshake.
 */

/** What workers that know these messages name in their handshake. */
export const RUN_AUDIT_FEATURE = 'run-audit';

/** Scheduler to worker: of the runs with smaller numbers than `below`, how many have you not told the end of? */
export const countRuns = defineMessage('count-runs', 355, { below: id });

/** So many, and the sum of their {@link runDigest}s, without what goes beyond 32 bits. */
export const runsCounted = defineMessage('runs-counted', 356, { below: id, count: id, digest: id });

/** Scheduler to worker: which are they? */
export const listRuns = defineMessage('list-runs', 357, { below: id });

/** All of them with smaller numbers than `until`, which is less than `below` where there are too many to list. */
export const runsListed = defineMessage('runs-listed', 358, { below: id, until: id, taskIds: ids, runIds: ids });

/**
 * A number from 0 to 2^32 - 1 that stands for a run of a task. Sums of these tell sets of runs apart, up to chance.
 *
 * Both sides of a line compute it, so it is a part of the wire and does not change.
 */
export function runDigest(taskId: number, runId: number): number {
  // Also what numbers beyond 2^32 differ in.
  let hash = Math.imul(taskId ^ Math.floor(taskId / 0x1_0000_0000), 0x9e37_79b1);
  hash = Math.imul(hash ^ runId ^ Math.floor(runId / 0x1_0000_0000) ^ (hash >>> 15), 0x85eb_ca77);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae3d);
  return (hash ^ (hash >>> 16)) >>> 0;
}
