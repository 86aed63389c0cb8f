import { createDeferred, type Address, type Deferred } from '@grid/common';
import { CommError } from '../errors.js';
import { TRUSTED_LIMITS } from '../limits.js';
import { ReceiveQueue, type ReceiveQueueBounds } from '../receive-queue.js';
import type { Comm, Frames } from '../transport.js';

const SENT = Promise.resolve();

/**
 * Two ends of one line within a process. What one sends, the other reads: the same arrays, not copies.
 *
 * @param addresses - Of the first end and of the second.
 * @param bounds - When an unread queue makes the sender wait. @defaultValue those of `TRUSTED_LIMITS`
 */
export function createCommPair(
  addresses: readonly [Address, Address],
  bounds: ReceiveQueueBounds = TRUSTED_LIMITS,
): [Comm, Comm] {
  const first = new PairedComm(addresses[0], addresses[1], bounds);
  const second = new PairedComm(addresses[1], addresses[0], bounds);
  first.join(second);
  second.join(first);
  return [first, second];
}

class PairedComm implements Comm {
  readonly localAddress: Address;
  readonly peerAddress: Address;
  readonly #received: ReceiveQueue;
  #peer: PairedComm | undefined;
  /** Why nothing can be sent any more; undefined while something can. */
  #ended: CommError | undefined;
  /** Sends that wait for the peer to read. */
  #room: Deferred<void> | undefined;

  constructor(localAddress: Address, peerAddress: Address, bounds: ReceiveQueueBounds) {
    this.localAddress = localAddress;
    this.peerAddress = peerAddress;
    this.#received = new ReceiveQueue(bounds, { onHungry: () => {}, onRoom: () => this.#peer?.onPeerRead() });
  }

  join(peer: PairedComm): void {
    this.#peer = peer;
  }

  get isClosed(): boolean {
    return this.#ended !== undefined;
  }

  send(frames: Frames): Promise<void> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    if (frames.length === 0)
      return Promise.reject(new CommError('GRID_COMM_BAD_FRAME', 'a message has at least one frame'));
    // Ended together, so a line that is open has a peer that is.
    const queue = this.#peer?.deliver(frames);
    if (queue?.isFull !== true) return SENT;
    this.#room ??= createDeferred();
    return this.#room.promise;
  }

  async close(): Promise<void> {
    if (this.#ended !== undefined) return;
    this.#received.end();
    this.#received.clear();
    this.#end(new CommError('GRID_COMM_CLOSED', `the comm to ${this.peerAddress} was closed`));
    this.#peer?.onPeerClosed();
  }

  abort(reason: unknown): void {
    if (this.#ended !== undefined) return;
    const error = new CommError('GRID_COMM_CLOSED', `the comm to ${this.peerAddress} was aborted`, { cause: reason });
    this.#received.fail(error);
    this.#received.clear();
    this.#end(error);
    this.#peer?.onPeerAborted();
  }

  [Symbol.asyncIterator](): AsyncIterator<Frames> {
    return this.#received.iterate();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  deliver(frames: Frames): ReceiveQueue {
    this.#received.push(frames);
    return this.#received;
  }

  onPeerRead(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }

  onPeerClosed(): void {
    this.#received.end();
    this.#end(new CommError('GRID_COMM_CLOSED', `${this.peerAddress} closed the comm`));
  }

  onPeerAborted(): void {
    const error = new CommError('GRID_COMM_RESET', `${this.peerAddress} aborted the comm`);
    this.#received.fail(error);
    this.#end(error);
  }

  #end(error: CommError): void {
    this.#ended = error;
    this.#room?.reject(error);
    this.#room = undefined;
  }
}
