import type { TaskRecord } from '../records.js';

/** Where the scheduler is in looking through its tasks for those that wait for nothing. */
export class TaskWatch {
  /** The number to go on from. */
  next = 0;
  /** Tasks without a reason, and how often in a row they were seen to have none. */
  readonly suspects = new Map<TaskRecord, number>();
}
