import { GridError } from '@grid/common';

/** What can go wrong when values, functions and messages become bytes and back. */
export type ProtocolErrorCode =
  /** A frame that should be a message is not one. */
  | 'GRID_PROTOCOL_BAD_MESSAGE'
  /** A message of an op that this version does not know. */
  | 'GRID_PROTOCOL_UNKNOWN_MESSAGE'
  /** Bytes that should be a value are not one. */
  | 'GRID_PROTOCOL_BAD_VALUE'
  /** A value holds something that cannot become bytes; `details.path` says where. */
  | 'GRID_PROTOCOL_UNSERIALIZABLE'
  /** The deserializer of a class threw, or is not registered in this process. */
  | 'GRID_PROTOCOL_DESERIALIZE'
  /** A function cannot travel; `details.reason`, `details.trail` and `details.fix` say why and what to do. */
  | 'GRID_PROTOCOL_CAPTURE'
  /** A function arrived, but a package or an export that it needs is not there. */
  | 'GRID_PROTOCOL_FUNCTION_LOAD'
  /** Files that are to go to all workers have names or paths that they may not have. */
  | 'GRID_PROTOCOL_BAD_UPLOAD';

/** An error of `@grid/protocol`. */
export class ProtocolError extends GridError<ProtocolErrorCode> {}
