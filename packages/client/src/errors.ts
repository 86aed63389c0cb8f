import { GridError } from '@grid/common';

/** What can go wrong between a program and its cluster. */
export type ClientErrorCode =
  /** The client was closed. Connect again. */
  | 'GRID_CLIENT_CLOSED'
  /** No scheduler answered in time. Check the address and that the scheduler runs. */
  | 'GRID_CLIENT_CONNECT_FAILED'
  /** No address was given, none is configured, and no local cluster can be started. */
  | 'GRID_CLIENT_NO_SCHEDULER'
  /** The scheduler went away, and no other came in its place in time. Connect to another and submit again. */
  | 'GRID_CLIENT_SCHEDULER_LOST'
  /** The scheduler has not answered in time, though its line is open. It may be busy or hang: look at its log. */
  | 'GRID_CLIENT_SCHEDULER_SILENT'
  /** The scheduler is there, and lines for data to it break again and again. Look at the network between the two. */
  | 'GRID_CLIENT_UNREACHABLE'
  /** The future was cancelled or released. */
  | 'GRID_CLIENT_CANCELLED'
  /** A future of another client cannot be used here. */
  | 'GRID_CLIENT_FOREIGN_FUTURE'
  /** A result vanished and could not be fetched or computed again. */
  | 'GRID_CLIENT_LOST_DATA'
  /** What came as a result cannot be one: awaiting it would call its method `then`. */
  | 'GRID_CLIENT_BAD_RESULT'
  /** A wait ended before what it waited for. */
  | 'GRID_CLIENT_TIMEOUT'
  /** A call failed on some workers; `failures` says on which and how. */
  | 'GRID_CLIENT_WORKERS_FAILED'
  /** An actor is gone, with its worker or with its thread. Submit it again to have a new one. */
  | 'GRID_ACTOR_LOST'
  /** The line broke on which an actor was called: the call may have been made or not. */
  | 'GRID_CLIENT_CALL_LOST'
  /** A task threw something that is not an error; it is the cause. */
  | 'GRID_CLIENT_TASK_THREW'
  /** Others may hold what this process held: it was silent for too long, or its line broke. */
  | 'GRID_CLIENT_LEASE_LOST'
  /** This code is neither in a task nor in a program with a client. Connect one. */
  | 'GRID_CLIENT_NO_CLIENT'
  /** A function captures more than can be sent. Scatter the data that the text names. */
  | 'GRID_CLIENT_CAPTURE_TOO_LARGE'
  /** An argument is not of the kind that the call takes. */
  | 'GRID_CLIENT_BAD_ARGUMENT'
  /** An option does not fit. */
  | 'GRID_CLIENT_BAD_OPTION'
  /** A task cannot be run here: it did not fail, is plain data, or is gone; the text says which. */
  | 'GRID_CLIENT_NOT_RECREATED'
  /** Results are not where they should be; `details.keys` says which. */
  | 'GRID_CLIENT_NOT_PLACED'
  /** Workers that were to leave stay; `details.kept` says which and why. */
  | 'GRID_CLIENT_NOT_RETIRED'
  /** Processes of the cluster run on different versions; the text says which. */
  | 'GRID_CLIENT_VERSION_MISMATCH'
  /** The scheduler is of a version that cannot do this. Upgrade it. */
  | 'GRID_CLIENT_UNSUPPORTED'
  /** What is to be uploaded cannot be: it is no file, leads elsewhere, or the scheduler takes no uploads. */
  | 'GRID_CLIENT_BAD_UPLOAD'
  /** What is to be uploaded is larger than the option `maxBytes`. */
  | 'GRID_CLIENT_UPLOAD_TOO_LARGE'
  /** Some workers could not store an upload; `details.problems` says which and why. */
  | 'GRID_CLIENT_UPLOAD_FAILED'
  /** A plugin could not be set up or torn down everywhere; `details.problems` says where, the cause why. */
  | 'GRID_CLIENT_PLUGIN_FAILED'
  /** Something that only tasks have was asked for elsewhere. */
  | 'GRID_CLIENT_NOT_IN_TASK'
  /** A module is to be bundled and esbuild is not there. Install it. */
  | 'GRID_CLIENT_NO_ESBUILD'
  /** A module cannot be bundled; the text says what is wrong in which file. */
  | 'GRID_CLIENT_BUNDLE_FAILED';

/** An error of `@grid/client`. */
export class ClientError extends GridError<ClientErrorCode> {}
