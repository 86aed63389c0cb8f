import type { WorkerRecord } from '../records.js';

/**
 * A task that a worker is asked to give up, or has refused to. Nothing else changes before the worker has answered: it
 * may have begun meanwhile, or be done. Forgotten when the task leaves that worker, in whichever way.
 */
export interface Steal {
  readonly victim: WorkerRecord;
  /** Who is to have it; `null`: whoever is best when it is given up, or nobody, since the victim has kept it. */
  thief: WorkerRecord | null;
  readonly runId: number;
  /** Milliseconds since the epoch. */
  readonly askedAt: number;
}
