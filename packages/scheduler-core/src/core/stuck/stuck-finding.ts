import type { WorkerRecord } from '../records.js';

/**
 * What was found to wait for nothing that could end it.
 *
 * - `lost-run`: a worker is to compute a task and has not heard of it, or its word about the end of it was lost. The task is
 *   given out anew.
 * - `unwanted-run`: a worker has a run that the scheduler does not want any more. The worker is told so again.
 * - `no-reason`: the scheduler's own records give no reason why a task is in its state. What becomes of it is decided anew.
 */
export type StuckKind = 'lost-run' | 'unwanted-run' | 'no-reason';

/** Something that waited for nothing. */
export interface StuckFinding {
  readonly kind: StuckKind;
  readonly taskId: number;
  /** `null`: the task is forgotten. */
  readonly key: string | null;
  /** Who is to compute it; `null`: nobody. */
  readonly worker: WorkerRecord | null;
  /** The number of its last run; 0: there was none. */
  readonly runId: number;
}
