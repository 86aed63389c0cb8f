import type { Duplex } from 'node:stream';
import { isGridError } from '@grid/common';
import { CommError } from '../errors.js';
import { FrameDecoder, type AllocateSegment } from '../framing/frame-decoder.js';
import { HANDSHAKE_LIMITS, type CommLimits } from '../limits.js';
import { ReceiveQueue } from '../receive-queue.js';

/** Memory that reads go to before it is known where the bytes belong. */
export const RECEIVE_BUFFER_BYTES = 64 * 2 ** 10;

export interface SocketIntakeOptions {
  /** What is accepted until {@link SocketIntake.setLimits}. @defaultValue `HANDSHAKE_LIMITS` */
  readonly limits?: CommLimits;
  /** Makes the memory for each received payload frame. @defaultValue a `Uint8Array` of its own */
  readonly allocate?: AllocateSegment | undefined;
  /** Memory for small reads; other intakes may use the same, since it is emptied before the next read. */
  readonly receiveBuffer: Uint8Array;
}

/** What a {@link SocketIntake} tells its owner; it falls silent after the first of these. */
export interface SocketIntakeHooks {
  /** The peer said goodbye: there will be no more messages. */
  onGoodbye(): void;
  /** The bytes make no sense, or the stream ended without a goodbye. */
  onFault(error: CommError): void;
}

/**
 * The receiving half of a comm over a byte stream: bytes → decoder → queue → reader.
 *
 * It stops the stream while the queue is full, and while the decoder is held by a message that is over the limits
 * (`FrameDecoder`, D2): such a message is only refused when the reader has read everything before it and comes for more,
 * since one of those messages may have been the reason to raise the limits.
 */
export class SocketIntake {
  readonly queue: ReceiveQueue;
  readonly #decoder: FrameDecoder;
  readonly #receiveBuffer: Uint8Array;
  #stream: Duplex | undefined;
  #hooks: SocketIntakeHooks | undefined;
  /** After this, bytes are read and thrown away: unread bytes would make the system reset the line. */
  #isDiscarding = false;
  #fault: CommError | undefined;

  constructor(options: SocketIntakeOptions) {
    const limits = options.limits ?? HANDSHAKE_LIMITS;
    this.#receiveBuffer = options.receiveBuffer;
    this.queue = new ReceiveQueue(limits, { onHungry: () => this.#onHungry(), onRoom: () => this.#resumeIfReady() });
    this.#decoder = new FrameDecoder({
      limits,
      ...(options.allocate === undefined ? {} : { allocate: options.allocate }),
      onMessage: (frames) => this.queue.push(frames),
      onGoodbye: () => this.#onGoodbye(),
    });
  }

  /** Names the stream to stop and resume, and who is told. Bytes may have come before. */
  attach(stream: Duplex, hooks: SocketIntakeHooks): void {
    this.#stream = stream;
    this.#hooks = hooks;
    if (this.#fault !== undefined) hooks.onFault(this.#fault);
    else if (this.#decoder.isEnded) hooks.onGoodbye();
  }

  /** Where the next bytes should be read to. */
  nextBuffer(): Uint8Array {
    return (this.#isDiscarding ? undefined : this.#decoder.window()) ?? this.#receiveBuffer;
  }

  /**
   * Takes bytes that were read into what {@link nextBuffer} returned last.
   *
   * @returns Whether to go on reading.
   */
  onRead(bytes: number, buffer: Uint8Array): boolean {
    if (this.#isDiscarding) return true;
    if (buffer === this.#receiveBuffer) return this.onChunk(buffer.subarray(0, bytes));
    return this.#decode(() => this.#decoder.filled(bytes));
  }

  /**
   * Takes a chunk from wherever it was read to.
   *
   * @returns Whether to go on reading.
   */
  onChunk(chunk: Uint8Array): boolean {
    if (this.#isDiscarding) return true;
    return this.#decode(() => this.#decoder.push(chunk));
  }

  /** The stream ended. */
  onEnd(): void {
    if (this.#isDiscarding || this.#decoder.isEnded) return;
    this.#onFault(
      new CommError(
        'GRID_COMM_RESET',
        this.#decoder.isBetweenMessages
          ? 'the peer vanished without closing the comm'
          : 'the peer vanished in the middle of a message',
      ),
    );
  }

  /** Whether a message is under way that the peer, and not this end, is late with. */
  get isMidMessage(): boolean {
    return !this.#isDiscarding && !this.#mustWait && !this.#decoder.isBetweenMessages;
  }

  /** Whether this end has stopped the stream: the reader is behind. */
  get isStopped(): boolean {
    return !this.#isDiscarding && this.#mustWait;
  }

  setLimits(limits: CommLimits): void {
    this.#decoder.setLimits(limits);
    this.queue.setBounds(limits);
    this.#onHungry();
  }

  /** From here on reads and throws away what comes; messages that are in the queue stay. */
  discard(): void {
    this.#isDiscarding = true;
    this.#stream?.resume();
  }

  get #mustWait(): boolean {
    return this.queue.isFull || this.#decoder.isHeld;
  }

  #decode(step: () => void): boolean {
    try {
      step();
      while (this.#decoder.isHeld && this.queue.isEmpty && this.queue.isAwaited) this.#decoder.release();
    } catch (error) {
      if (!isGridError(error)) throw error;
      // Only the decoder's own refusals get here, and they are all of this class.
      this.#onFault(error as CommError);
    }
    return this.#isDiscarding || !this.#mustWait;
  }

  #onHungry(): void {
    if (this.#decoder.isHeld) this.#decode(() => {});
    this.#resumeIfReady();
  }

  #resumeIfReady(): void {
    if (!this.#mustWait) this.#stream?.resume();
  }

  #onGoodbye(): void {
    this.queue.end();
    this.#hooks?.onGoodbye();
  }

  #onFault(error: CommError): void {
    if (this.#fault !== undefined) return;
    this.#fault = error;
    this.#isDiscarding = true;
    this.queue.fail(error);
    this.#hooks?.onFault(error);
  }
}
