import { GridError } from '@grid/common';

/** What can go wrong on a scheduler. */
export type SchedulerErrorCode =
  /** A graph's columns do not fit together. A bug of the client that made it. */
  | 'GRID_SCHEDULER_BAD_GRAPH'
  /** Tasks of a graph depend on themselves; `details.keys` names a cycle. */
  | 'GRID_SCHEDULER_CYCLIC_GRAPH'
  /** One graph has two tasks of one key. */
  | 'GRID_SCHEDULER_DUPLICATE_KEY'
  /** A task depends on one that was released, cancelled or lost. Submit that one again. */
  | 'GRID_SCHEDULER_UNKNOWN_DEPENDENCY'
  /** Workers died while they ran a task, more often than is allowed. */
  | 'GRID_SCHEDULER_KILLED_WORKER'
  /** The inputs of a task are larger than the memory of any worker that may run it. Give it smaller pieces. */
  | 'GRID_SCHEDULER_INPUTS_TOO_LARGE'
  /** A task names an executor that no worker has. Start workers with it. */
  | 'GRID_SCHEDULER_UNKNOWN_EXECUTOR'
  /** An actor is gone, with its worker or with its thread. It is not made again by itself: submit it again. */
  | 'GRID_ACTOR_LOST'
  /** The task was cancelled. */
  | 'GRID_SCHEDULER_CANCELLED'
  /** Data that cannot be computed again was lost with its worker. */
  | 'GRID_SCHEDULER_LOST_DATA'
  /** Nobody submitted this key, or it has been forgotten. */
  | 'GRID_SCHEDULER_UNKNOWN_KEY'
  /** A worker, client or dataset of this name is here already. Choose another name. */
  | 'GRID_SCHEDULER_NAME_TAKEN'
  /** No worker is running. Start one, or wait for one. */
  | 'GRID_SCHEDULER_NO_WORKERS'
  /** No worker may run the task, for longer than the scheduler waits for one: none fits its conditions. */
  | 'GRID_SCHEDULER_NO_VALID_WORKER'
  /** No worker of this address or name is here. */
  | 'GRID_SCHEDULER_UNKNOWN_WORKER'
  /** A peer asked for something before it registered, or registered twice. */
  | 'GRID_SCHEDULER_NOT_REGISTERED'
  /** An option of the scheduler makes no sense. */
  | 'GRID_SCHEDULER_BAD_OPTION'
  /** A peer may not ask this, or said something that makes no sense. */
  | 'GRID_SCHEDULER_BAD_REQUEST'
  /** All who use a semaphore or queue have to say the same capacity, or none. */
  | 'GRID_SCHEDULER_CAPACITY_DIFFERS'
  /** Values at names have used up their room. Put futures of large data there; take out what is not needed. */
  | 'GRID_SCHEDULER_COORDINATION_FULL'
  /** There is no dataset of this name. */
  | 'GRID_SCHEDULER_UNKNOWN_NAME'
  /** A queue or variable was closed while it was waited for. */
  | 'GRID_SCHEDULER_NAME_CLOSED'
  /** No room for what is uploaded. Remove other uploads, or raise the limit. */
  | 'GRID_SCHEDULER_UPLOADS_FULL'
  /** No room for another plugin. Unregister some. */
  | 'GRID_SCHEDULER_PLUGINS_FULL'
  /** The scheduler was told not to answer this request. */
  | 'GRID_SCHEDULER_REQUEST_BLOCKED'
  /** The scheduler was not started so that clients may have code of theirs run in its process. */
  | 'GRID_SCHEDULER_PLUGINS_REFUSED'
  /** What a worker brings of a former scheduler's tasks cannot be told from what is here: it has to begin anew. */
  | 'GRID_SCHEDULER_STALE_INVENTORY'
  /** The scheduler closes or is closed. */
  | 'GRID_SCHEDULER_CLOSED';

/** An error of `@grid/scheduler-core`. */
export class SchedulerError extends GridError<SchedulerErrorCode> {}
