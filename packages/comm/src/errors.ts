import { GridError } from '@grid/common';

/** What can go wrong between two addresses. */
export type CommErrorCode =
  /** The text is no address, or not one of this host. Correct it. */
  | 'GRID_COMM_BAD_ADDRESS'
  /** No transport of the set speaks this scheme. Add one, or correct the address. */
  | 'GRID_COMM_UNKNOWN_SCHEME'
  /** The peer could not be reached. Trying again may help. */
  | 'GRID_COMM_CONNECT_FAILED'
  /** Somebody listens there already. Choose another port, or 0. */
  | 'GRID_COMM_ADDRESS_IN_USE'
  /** The system refused to listen there. */
  | 'GRID_COMM_LISTEN_FAILED'
  /** One end closed, in order or by `abort` of this end. */
  | 'GRID_COMM_CLOSED'
  /** The line broke, or the peer vanished or aborted. What was under way may be lost. */
  | 'GRID_COMM_RESET'
  /** What arrived is not a message of ours. Something else speaks on that port. */
  | 'GRID_COMM_BAD_FRAME'
  /** A message is greater than this end accepts, or than it has memory for. */
  | 'GRID_COMM_TOO_LARGE'
  /** The peer speaks another version of the frame layout. Upgrade the older end. */
  | 'GRID_COMM_WIRE_VERSION'
  /** The peer was silent for too long in the middle of something. */
  | 'GRID_COMM_TIMEOUT'
  /** A second reader asked for messages while the first one waits. */
  | 'GRID_COMM_BUSY';

/** An error of `@grid/comm`. */
export class CommError extends GridError<CommErrorCode> {}
