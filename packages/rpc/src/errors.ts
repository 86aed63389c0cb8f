import { GridError, isGridError } from '@grid/common';

/** What can go wrong between two peers that talk to each other. */
export type RpcErrorCode =
  /** The line is closed: by either end, or because it broke; `cause` says more. What was under way may be lost. */
  | 'GRID_RPC_CLOSED'
  /** A reply, a handshake or a free line did not come in time. */
  | 'GRID_RPC_TIMEOUT'
  /** The peer takes messages more slowly than they are made, and too many wait for it. */
  | 'GRID_RPC_OVERFLOW'
  /** One message is larger than any line takes. Split what it carries. */
  | 'GRID_RPC_TOO_LARGE'
  /** The peer said something that does not make sense here; the line to it is given up. */
  | 'GRID_RPC_BAD_PEER'
  /** A message of ours could not be encoded, or a handler of ours threw. A bug; the line is given up. */
  | 'GRID_RPC_HANDLER_FAILED'
  /** The request was carried out and failed in a way that its handler did not expect. */
  | 'GRID_RPC_REQUEST_FAILED'
  /** The peer does not answer requests of this kind. */
  | 'GRID_RPC_UNSUPPORTED'
  /** Too much is under way already. Trying again later helps. */
  | 'GRID_RPC_BUSY'
  /** The two ends have no version of the protocol in common. Upgrade the older one. */
  | 'GRID_RPC_VERSION'
  /** One end did not prove that it has the other's token. */
  | 'GRID_RPC_UNAUTHENTICATED'
  /** A peer of this role has no business here: a worker that dials a worker's nanny, for instance. */
  | 'GRID_RPC_ROLE'
  /** The file by which a scheduler is found is missing, or of no use; or cannot be written. */
  | 'GRID_RPC_SCHEDULER_FILE'
  /** A token file is missing, empty or not a token. */
  | 'GRID_RPC_BAD_TOKEN'
  /** A listener without a token may not be reachable from other machines. */
  | 'GRID_RPC_TOKEN_REQUIRED';

/** An error of `@grid/rpc`. */
export class RpcError extends GridError<RpcErrorCode> {}

/** Tells whether `error` is of this end's `@grid/rpc`, from whichever copy of it. */
export function isRpcError(error: unknown): error is RpcError {
  return isGridError(error) && error.code.startsWith('GRID_RPC_') && !isRemoteError(error);
}

/** Marks errors that were made by the peer, across copies of this package. */
const REMOTE = Symbol.for('grid.rpc.remote');

/**
 * The peer's own error, with its code and details.
 *
 * `isGridError(error, 'GRID_X')` holds here as it did there. So a `GRID_RPC_CLOSED` may also be of a line of the peer's;
 * {@link isRemoteError} tells.
 */
export class RemoteError extends GridError {
  constructor(...parts: ConstructorParameters<typeof GridError>) {
    super(...parts);
    Object.defineProperty(this, REMOTE, { value: true });
  }
}

/** Tells whether the peer made this error, rather than this end of the line. */
export function isRemoteError(error: unknown): error is RemoteError {
  return typeof error === 'object' && error !== null && (error as Record<symbol, unknown>)[REMOTE] === true;
}
