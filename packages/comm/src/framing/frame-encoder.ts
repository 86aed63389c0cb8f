import { CommError } from '../errors.js';
import type { Frames } from '../transport.js';
import {
  FLAG_GOODBYE,
  LENGTH_BYTES,
  layoutBytes,
  MAGIC_0,
  MAGIC_1,
  PREFIX_BYTES,
  WIRE_VERSION,
} from './frame-layout.js';

// Copying this much costs less than one more entry in a writev.
const COPY_MAX_BYTES = 8 * 2 ** 10;
const SLAB_BYTES = 64 * 2 ** 10;

/**
 * Turns messages into buffers to write one after the other. No I/O.
 *
 * Layout, headers and small frames of any number of messages are gathered in one slab, which becomes one buffer; a
 * large frame becomes a buffer of its own, uncopied.
 */
export class FrameEncoder {
  #slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
  /** End of what was written to the slab. */
  #used = 0;
  /** Where that part of the slab begins that is not yet in a buffer. */
  #from = 0;
  #buffers: Uint8Array[] = [];
  #bytes = 0;

  /** Bytes that were added and not yet taken. */
  get pendingBytes(): number {
    return this.#bytes;
  }

  /**
   * Adds one message.
   *
   * @returns Why it was not added: `GRID_COMM_BAD_FRAME` for a message without a frame, `GRID_COMM_TOO_LARGE` for a
   * header that its length field cannot hold.
   */
  add(frames: Frames): CommError | undefined {
    const header = frames[0];
    if (header === undefined) return new CommError('GRID_COMM_BAD_FRAME', 'a message has at least one frame');
    if (header.byteLength > 0xffff_ffff) {
      return new CommError(
        'GRID_COMM_TOO_LARGE',
        `a header of ${header.byteLength} bytes does not fit its length field`,
      );
    }
    const segments = frames.length - 1;
    this.#addPrefix(0, header.byteLength, segments);
    for (let index = 1; index <= segments; index++) {
      // The table was reserved together with the prefix.
      this.#slab.writeDoubleLE(frames[index]?.byteLength ?? 0, this.#used);
      this.#used += LENGTH_BYTES;
    }
    this.#bytes += layoutBytes(segments);
    for (const frame of frames) this.#addFrame(frame);
    return undefined;
  }

  /** Adds the last thing that will be sent: the announcement of an orderly end. */
  addGoodbye(): void {
    this.#addPrefix(FLAG_GOODBYE, 0, 0);
    this.#bytes += PREFIX_BYTES;
  }

  /** All that was added since the last call, in order. The buffers stay as they are until {@link recycle}. */
  take(): readonly Uint8Array[] {
    this.#closeRun();
    const buffers = this.#buffers;
    this.#buffers = [];
    this.#bytes = 0;
    return buffers;
  }

  /** Says that everything taken so far has been written out, so that the slab's memory can be used again. */
  recycle(): void {
    if (this.#bytes > 0) return;
    this.#used = 0;
    this.#from = 0;
  }

  #addPrefix(flags: number, headerBytes: number, segments: number): void {
    this.#reserve(layoutBytes(segments));
    const slab = this.#slab;
    const at = this.#used;
    slab[at] = MAGIC_0;
    slab[at + 1] = MAGIC_1;
    slab[at + 2] = WIRE_VERSION;
    slab[at + 3] = flags;
    slab.writeUInt32LE(headerBytes, at + 4);
    slab.writeUInt32LE(segments, at + 8);
    slab.writeUInt32LE(0, at + 12);
    this.#used = at + PREFIX_BYTES;
  }

  #addFrame(frame: Uint8Array): void {
    const bytes = frame.byteLength;
    if (bytes === 0) return;
    this.#bytes += bytes;
    if (bytes <= COPY_MAX_BYTES) {
      this.#reserve(bytes);
      this.#slab.set(frame, this.#used);
      this.#used += bytes;
      return;
    }
    this.#closeRun();
    this.#buffers.push(frame);
  }

  #reserve(bytes: number): void {
    if (this.#used + bytes <= this.#slab.length) return;
    this.#closeRun();
    // The old slab stays alive as long as a buffer that was taken from it.
    this.#slab = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, bytes));
    this.#used = 0;
    this.#from = 0;
  }

  #closeRun(): void {
    if (this.#used === this.#from) return;
    this.#buffers.push(this.#slab.subarray(this.#from, this.#used));
    this.#from = this.#used;
  }
}
