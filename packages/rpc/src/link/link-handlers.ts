import type { Message, Op } from '@grid/protocol';
import type { RpcError } from '../errors.js';

/**
 * A message that is still being made: rows are added to it until the queue it stands in is sent.
 *
 * While the peer is slow the queue waits, and its last run grows: batches become as large as they need to be.
 */
export interface MessageRun {
  readonly op: Op;
  /** Makes the message. Called once, right before it is encoded. */
  finish(): Message;
  /** About how many bytes it holds so far; counts towards the bound of the queue. Without it: nothing. */
  readonly byteLength?: number;
  /** Whether it must not grow any further; {@link Link.openRun} then begins another one. */
  readonly isFull?: boolean;
}

/** What the owner of a link does with what comes in. */
export interface LinkHandlers {
  /**
   * Takes a message that is no request and no reply. Called in the order of sending, synchronously, so a promise in
   * here is somebody else's to await. A throw is a bug and ends the link with `GRID_RPC_HANDLER_FAILED`.
   */
  onMessage(message: Message): void;
  /**
   * Answers a request, with the reply that belongs to its word.
   *
   * A rejection with a `GridError` reaches the peer with its code, message and details; anything else as
   * `GRID_RPC_REQUEST_FAILED`, without a word of what it was.
   */
  onRequest(message: Message): Promise<Message>;
  /**
   * The link is gone; called once, never inside the stack of {@link Link.close}, {@link Link.abort} or {@link Link.send}.
   *
   * @param reason - `undefined`: one end closed it without an error. A process that is killed closes its lines too, so
   * this does not say why.
   */
  onClosed(reason: RpcError | undefined): void;
}
