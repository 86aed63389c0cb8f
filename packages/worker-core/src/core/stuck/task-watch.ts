import type { LocalTask } from '../local-task.js';

/** Where a worker is in looking through its tasks for those that wait for nothing. */
export class TaskWatch {
  /** Goes on where the last look ended, whatever came and went meanwhile; `null`: from the start. */
  iterator: Iterator<LocalTask> | null = null;
  /** Tasks without a reason, and how often in a row they were seen to have none. */
  readonly suspects = new Map<LocalTask, number>();
  /** How many were put right, since the start. */
  stuckCount = 0;
}
