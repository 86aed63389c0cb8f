import type { Address } from '@grid/common';
import type { CommLimits } from './limits.js';

/**
 * One message: a header frame, then any number of payload frames; each of them may be empty.
 *
 * The comm owns what was sent: the sender must change neither the array nor the bytes any more, since large frames go
 * out, and all frames pass through `inproc`, without being copied. A received message belongs to the reader, who must not
 * write to it either: on `inproc` it is still the sender's memory. Received payload frames have a buffer of their own;
 * a header frame may share its buffer with other headers, so copy those parts of it that are kept for long.
 */
export type Frames = readonly Uint8Array[];

/**
 * An open line between two addresses. One reader and any number of senders.
 *
 * Iterating yields the peer's messages in the order they were sent, each at most once. The iteration ends when either
 * end closed in order, and throws a `CommError` when the line was aborted or broke; messages that had arrived
 * before that are still yielded first, except after {@link Comm.close} and {@link Comm.abort} of this end, which drop
 * them. Leaving the loop early (`break`, `return`) neither closes the comm nor loses a message: a later loop goes on with
 * the next one. Two readers at a time are refused with `GRID_COMM_BUSY`.
 */
export interface Comm extends AsyncIterable<Frames>, AsyncDisposable {
  readonly localAddress: Address;
  readonly peerAddress: Address;
  /** Whether nothing can be sent any more: this end closed or aborted, or the other end is known to be gone. */
  readonly isClosed: boolean;

  /**
   * Queues one message, in order, at most once.
   *
   * Resolves when the line can take more, so awaiting it is the backpressure. It does not mean that the message arrived.
   *
   * @param frames - At least one frame. Their bytes belong to the comm from here on.
   * @throws `CommError` `GRID_COMM_CLOSED` if either end has closed, `GRID_COMM_RESET` if the line broke.
   */
  send(frames: Frames): Promise<void>;

  /**
   * Lets queued messages go out, then closes both directions. Idempotent.
   *
   * Settles when the peer has been told or cannot be reached any more; never rejects, and never waits without a bound.
   */
  close(): Promise<void>;

  /**
   * Drops queued messages and closes at once.
   *
   * Pending reads and sends fail: on this end with `GRID_COMM_CLOSED` and `reason` as the cause, on the peer with
   * `GRID_COMM_RESET`. No effect on a comm that is closed.
   */
  abort(reason: unknown): void;

  /**
   * Changes what this end accepts from now on; present where a transport has limits.
   *
   * A message that is over the limit is held back until all messages before it have been read, and is only then refused:
   * so a reader that raises the limits on some message before it asks for the next never loses one.
   */
  setLimits?(limits: CommLimits): void;
}

/** Accepts comms at one address. */
export interface Listener extends AsyncDisposable {
  /** The bound address, with the port the system chose if 0 was asked for. */
  readonly listenAddress: Address;
  /** The address peers should use; differs from {@link listenAddress} for wildcards. */
  readonly contactAddress: Address;
  /** Stops accepting. Comms that are open stay open. Idempotent. */
  close(): Promise<void>;
}

export interface ConnectOptions {
  /** Ends the attempt; `connect` then rejects with the abort reason. */
  readonly signal: AbortSignal;
}

/**
 * A way to reach an address: one implementation per URI scheme.
 *
 * An implementation is right when it passes `describeTransportCompliance` of `@grid/comm/compliance`.
 */
export interface Transport {
  /** What stands before `://` in its addresses; lower case. */
  readonly scheme: string;

  /**
   * Opens a line to whoever listens on `address`. One attempt: trying again is the business of `connect`.
   *
   * @throws `CommError` `GRID_COMM_CONNECT_FAILED` if trying again may help; any other error is final.
   */
  connect(address: Address, options: ConnectOptions): Promise<Comm>;

  /**
   * Accepts lines on `address`.
   *
   * @param onComm - Gets each accepted comm, never inside the stack of somebody's `connect`; it owns the comm.
   * @throws `CommError` `GRID_COMM_ADDRESS_IN_USE`, `GRID_COMM_LISTEN_FAILED`, `GRID_COMM_BAD_ADDRESS`.
   */
  listen(address: Address, onComm: (comm: Comm) => void): Promise<Listener>;
}
