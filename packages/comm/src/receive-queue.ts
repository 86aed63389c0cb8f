import { createDeferred, type Deferred } from '@grid/common';
import { CommError } from './errors.js';
import type { Frames } from './transport.js';

/** What a {@link ReceiveQueue} tells its owner. */
export interface ReceiveQueueHooks {
  /** Somebody waits for a message and none is here. */
  onHungry(): void;
  /** A queue that was full has been read down to half. */
  onRoom(): void;
}

/** When a {@link ReceiveQueue} counts as full. */
export interface ReceiveQueueBounds {
  readonly queuedBytesMax: number;
  readonly queuedMessagesMax: number;
}

type Ending = { readonly kind: 'ended' } | { readonly kind: 'failed'; readonly error: CommError };

const READ_OUT_MIN = 1024;

/**
 * Messages that have arrived and wait for the one reader.
 *
 * It never refuses a message: it tells when it is full, and its owner stops the peer.
 */
export class ReceiveQueue {
  readonly #hooks: ReceiveQueueHooks;
  #bounds: ReceiveQueueBounds;
  #messages: Frames[] = [];
  /** Index of the next message to read; those before it have been read. */
  #head = 0;
  #bytes = 0;
  #isFull = false;
  #ending: Ending | undefined;
  #waiting: Deferred<IteratorResult<Frames>> | undefined;

  constructor(bounds: ReceiveQueueBounds, hooks: ReceiveQueueHooks) {
    this.#bounds = bounds;
    this.#hooks = hooks;
  }

  /** Whether the peer has to wait. Stays so until half of it has been read, lest the peer starts and stops for each message. */
  get isFull(): boolean {
    return this.#isFull;
  }

  get isEmpty(): boolean {
    return this.#head === this.#messages.length;
  }

  /** Whether a reader waits for the next message. */
  get isAwaited(): boolean {
    return this.#waiting !== undefined;
  }

  setBounds(bounds: ReceiveQueueBounds): void {
    this.#bounds = bounds;
    if (this.#isFull) this.#checkRoom();
    else this.#checkFull();
  }

  /** Adds one message. After the end it is dropped. */
  push(frames: Frames): void {
    if (this.#ending !== undefined) return;
    if (this.#waiting !== undefined) {
      const waiting = this.#waiting;
      this.#waiting = undefined;
      waiting.resolve({ done: false, value: frames });
      return;
    }
    this.#messages.push(frames);
    this.#bytes += bytesOf(frames);
    if (!this.#isFull) this.#checkFull();
  }

  /** No more messages will come, and that is in order. What is here can still be read. The first ending counts. */
  end(): void {
    this.#settle({ kind: 'ended' });
  }

  /** No more messages will come since something broke. What is here can still be read. The first ending counts. */
  fail(error: CommError): void {
    this.#settle({ kind: 'failed', error });
  }

  /** Drops what has not been read. */
  clear(): void {
    this.#messages = [];
    this.#head = 0;
    this.#bytes = 0;
  }

  /** The next message, or the end. */
  next(): Promise<IteratorResult<Frames>> {
    const frames = this.#messages[this.#head];
    if (frames !== undefined) {
      this.#dropHead(frames);
      return Promise.resolve({ done: false, value: frames });
    }
    if (this.#ending !== undefined) return this.#endingResult(this.#ending);
    if (this.#waiting !== undefined) {
      return Promise.reject(
        new CommError('GRID_COMM_BUSY', 'another reader waits for the next message; a comm has one reader at a time'),
      );
    }
    const waiting = createDeferred<IteratorResult<Frames>>();
    this.#waiting = waiting;
    this.#hooks.onHungry();
    return waiting.promise;
  }

  /**
   * Iterates over the messages, without a `return` method: leaving a loop must not end the comm, since its owner, who
   * may well be somebody else, goes on sending or reads on elsewhere.
   */
  iterate(): AsyncIterator<Frames> {
    return { next: () => this.next() };
  }

  #dropHead(frames: Frames): void {
    this.#head += 1;
    this.#bytes -= bytesOf(frames);
    if (this.#head === this.#messages.length) {
      this.#messages = [];
      this.#head = 0;
    } else if (this.#head >= READ_OUT_MIN && this.#head * 2 >= this.#messages.length) {
      this.#messages = this.#messages.slice(this.#head);
      this.#head = 0;
    } else {
      // What has been read must not stay in memory because its neighbours have not.
      this.#messages[this.#head - 1] = [];
    }
    if (this.#isFull) this.#checkRoom();
  }

  #checkFull(): void {
    const count = this.#messages.length - this.#head;
    this.#isFull = this.#bytes >= this.#bounds.queuedBytesMax || count >= this.#bounds.queuedMessagesMax;
  }

  #checkRoom(): void {
    const count = this.#messages.length - this.#head;
    if (this.#bytes * 2 > this.#bounds.queuedBytesMax || count * 2 > this.#bounds.queuedMessagesMax) return;
    this.#isFull = false;
    this.#hooks.onRoom();
  }

  #settle(ending: Ending): void {
    if (this.#ending !== undefined) return;
    this.#ending = ending;
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    this.#waiting = undefined;
    if (ending.kind === 'ended') waiting.resolve({ done: true, value: undefined });
    else waiting.reject(ending.error);
  }

  #endingResult(ending: Ending): Promise<IteratorResult<Frames>> {
    return ending.kind === 'ended' ? Promise.resolve({ done: true, value: undefined }) : Promise.reject(ending.error);
  }
}

/** Bytes of all frames of a message together. */
export function bytesOf(frames: Frames): number {
  let bytes = 0;
  for (const frame of frames) bytes += frame.byteLength;
  return bytes;
}
