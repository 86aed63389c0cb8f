import type { MessageWith } from '@grid/protocol';

import type { Death } from './worker-exit.js';

/** How a task's error travels: closed for the client, texts for everybody else. */
export type FailurePart = MessageWith<'task-erred'>['failure'];

type SchedulerFailureCode =
  | 'GRID_SCHEDULER_KILLED_WORKER'
  | 'GRID_SCHEDULER_INPUTS_TOO_LARGE'
  | 'GRID_SCHEDULER_UNKNOWN_EXECUTOR'
  | 'GRID_SCHEDULER_NO_VALID_WORKER'
  | 'GRID_SCHEDULER_NO_WORKERS'
  | 'GRID_ACTOR_LOST';

/** Failures that the scheduler finds itself. */
export interface SchedulerFailure {
  readonly code: SchedulerFailureCode;
  readonly message: string;
  readonly details: Readonly<Record<string, string | number | readonly Death[]>>;
}

/** Why tasks are in `erred`: one object for the task that failed and for all that needed it. */
export interface FailureRecord {
  /** The number of the task that failed. */
  readonly taskId: number;
  /** Its key. */
  readonly key: string;
  /** The address of the worker that it failed on; empty if it was on none. */
  readonly worker: string;
  /** What the task threw, or what the scheduler has to say. */
  readonly cause: FailurePart | SchedulerFailure;
}

/** Whether the scheduler itself found the failure. */
export function isSchedulerFailure(cause: FailurePart | SchedulerFailure): cause is SchedulerFailure {
  return 'code' in cause;
}
