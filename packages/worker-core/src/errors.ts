import { GridError } from '@grid/common';

/** What can go wrong on a worker. */
export type WorkerErrorCode =
  /** The scheduler cannot be reached, or turned this worker away. */
  | 'GRID_WORKER_NO_SCHEDULER'
  /** The scheduler is gone, or does not know this worker any more; this incarnation is over. */
  | 'GRID_WORKER_LOST_SCHEDULER'
  /** The worker is closing or closed. */
  | 'GRID_WORKER_CLOSED'
  /** The worker's view of its tasks broke; it closed, so that the scheduler runs them elsewhere. Please report it. */
  | 'GRID_WORKER_BUG'
  /** A peer asked for what a worker does not do, or sent columns that do not fit together. */
  | 'GRID_WORKER_BAD_MESSAGE'
  /** A task was stopped, since nobody wants it any more. */
  | 'GRID_WORKER_TASK_STOPPED'
  /** A task ran for longer than its timeout and was stopped. */
  | 'GRID_WORKER_TASK_TIMEOUT'
  /** The thread that ran a task ended under it: `process.exit`, or an error that nobody caught. */
  | 'GRID_WORKER_THREAD_LOST'
  /** A task used up the memory that its thread may have. */
  | 'GRID_TASK_OUT_OF_MEMORY'
  /** An actor is gone with its thread, or was let go. It is not made again by itself: submit it again. */
  | 'GRID_ACTOR_LOST'
  /** A thread could not be started. */
  | 'GRID_WORKER_THREAD_FAILED'
  /** A task refers to a function that the scheduler has not introduced. */
  | 'GRID_WORKER_UNKNOWN_FUNCTION'
  /** The value of a dependency is not in the store, or cannot be read back from disk. */
  | 'GRID_WORKER_NO_DATA'
  /** The folder for a worker's files is not this user's alone. */
  | 'GRID_WORKER_LOCAL_DIRECTORY'
  /** A fraction of the memory limit is not one, or they are not in order. */
  | 'GRID_WORKER_BAD_OPTION'
  /** There is no upload of this name, or it could not be stored here. */
  | 'GRID_WORKER_NO_UPLOAD'
  /** A plugin that a task reaches for could not be set up where it runs; the cause says why. */
  | 'GRID_WORKER_PLUGIN_FAILED'
  /** Uploaded files could not be fetched from the scheduler or written to the local directory. */
  | 'GRID_WORKER_UPLOAD_FAILED';

/** An error of `@grid/worker-core`. */
export class WorkerError extends GridError<WorkerErrorCode> {}
