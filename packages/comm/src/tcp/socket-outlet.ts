import type { Duplex } from 'node:stream';
import { createDeferred, type Deferred } from '@grid/common';
import type { CommError } from '../errors.js';
import { FrameEncoder } from '../framing/frame-encoder.js';
import type { Frames } from '../transport.js';

// A sender waits while more than this lies unsent: enough to keep any line busy, little enough to bound memory.
const UNSENT_BYTES_MAX = 2 ** 20;
// Waiting for the end of the turn would only make the reader start late once there is this much.
const EARLY_FLUSH_BYTES = 256 * 2 ** 10;

const SENT = Promise.resolve();

/**
 * The sending half of a comm over a byte stream: messages → encoder → one write a turn.
 *
 * Messages that are sent in the same turn of the event loop, promise callbacks included, leave in one system call.
 */
export class SocketOutlet {
  readonly #stream: Duplex;
  readonly #copiesWrites: boolean;
  readonly #encoder = new FrameEncoder();
  #isFlushDue = false;
  readonly #flushLater = (): void => this.#flush();
  /** Sends that wait for the stream to drain. */
  #drained: Deferred<void> | undefined;
  /** Why nothing can be sent any more; undefined while something can. */
  #ended: CommError | undefined;

  /**
   * @param copiesWrites - Whether the stream is done with a buffer's memory as soon as it counts it as written: true for
   * sockets of the kernel, not for streams within the process, which pass on the buffer itself.
   */
  constructor(stream: Duplex, copiesWrites: boolean) {
    this.#stream = stream;
    this.#copiesWrites = copiesWrites;
    stream.on('drain', () => this.#onDrain());
  }

  /** As `Comm.send`. */
  send(frames: Frames): Promise<void> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    const refusal = this.#encoder.add(frames);
    if (refusal !== undefined) return Promise.reject(refusal);
    const pending = this.#encoder.pendingBytes;
    if (pending >= EARLY_FLUSH_BYTES) this.#flush();
    else if (!this.#isFlushDue) {
      this.#isFlushDue = true;
      // Not a microtask: that would run before the next message of an `await`ing sender. Ticks run when all are done.
      process.nextTick(this.#flushLater);
    }
    if (!this.#stream.writableNeedDrain || this.#stream.writableLength < UNSENT_BYTES_MAX) return SENT;
    this.#drained ??= createDeferred();
    return this.#drained.promise;
  }

  /** Writes out what was sent, says goodbye and ends the stream. Later sends fail with `error`, waiting ones too. */
  finish(error: CommError): void {
    if (this.#ended !== undefined) return;
    this.#encoder.addGoodbye();
    this.#flush();
    this.fail(error);
    this.#stream.end();
  }

  /** Drops what was not yet written. Later sends fail with `error`, waiting ones too. The first error counts. */
  fail(error: CommError): void {
    if (this.#ended !== undefined) return;
    this.#ended = error;
    this.#drained?.reject(error);
    this.#drained = undefined;
  }

  #flush(): void {
    this.#isFlushDue = false;
    if (this.#ended !== undefined || this.#encoder.pendingBytes === 0) return;
    const stream = this.#stream;
    const buffers = this.#encoder.take();
    if (buffers.length > 1) stream.cork();
    for (const buffer of buffers) stream.write(buffer);
    if (buffers.length > 1) stream.uncork();
    // Most writes are done when `write` returns: the kernel had room. Then the encoder's memory is free again.
    if (this.#copiesWrites && stream.writableLength === 0) this.#encoder.recycle();
  }

  #onDrain(): void {
    if (this.#copiesWrites) this.#encoder.recycle();
    this.#drained?.resolve();
    this.#drained = undefined;
  }
}
