import { formatBytes, invariant, messageOf } from '@grid/common';
import { CommError } from '../errors.js';
import type { CommLimits } from '../limits.js';
import type { Frames } from '../transport.js';
import { describeProtocol, guessProtocol } from './foreign-protocol.js';
import {
  FLAG_GOODBYE,
  LENGTH_BYTES,
  layoutBytes,
  MAGIC_0,
  MAGIC_1,
  PREFIX_BYTES,
  WIRE_VERSION,
} from './frame-layout.js';

/** Makes the memory for one received payload frame: exactly `bytes` long, of any kind of buffer. */
export type AllocateSegment = (bytes: number) => Uint8Array;

export interface FrameDecoderOptions {
  readonly limits: CommLimits;
  /** @defaultValue a `Uint8Array` of its own for each segment */
  readonly allocate?: AllocateSegment;
  /** Gets each complete message. May call {@link FrameDecoder.setLimits}. */
  readonly onMessage: (frames: Frames) => void;
  /** The peer announced that nothing will follow. */
  readonly onGoodbye: () => void;
}

/** Where the next byte belongs. */
type Stage = 'prefix' | 'table' | 'body' | 'ended';

// Below this, a read into the common buffer is better: it brings the messages that follow as well.
const DIRECT_MIN_BYTES = 32 * 2 ** 10;
// Larger windows are slower: the kernel's buffer then grows beyond the processor's cache.
const WINDOW_BYTES = 256 * 2 ** 10;
// Headers up to this size share a block, since a block of its own costs three times as much as the copy.
const SHARED_HEADER_MAX_BYTES = 1024;
const HEADER_BLOCK_BYTES = 8 * 2 ** 10;

/**
 * Turns bytes into messages, however the bytes are cut into chunks. No I/O.
 *
 * Bytes come in by two doors. {@link push} takes a chunk and copies what it needs, so the chunk's memory can be used
 * again at once. {@link window} offers the very place where the bytes of a large segment belong, so that a socket can read
 * into it; {@link filled} then says how many bytes it read.
 *
 * Invariants:
 * - D1 Nothing is allocated for a length before the limits have been checked, and nothing for a segment before the
 *   bytes of all segments before it have arrived.
 * - D2 A message over the limits does not fail at once: the decoder is held, consumes nothing and waits for {@link release}.
 * - D3 After it has thrown, a decoder is of no more use.
 */
export class FrameDecoder {
  readonly #onMessage: (frames: Frames) => void;
  readonly #onGoodbye: () => void;
  readonly #allocate: AllocateSegment;
  #limits: CommLimits;
  #stage: Stage = 'prefix';
  #isFirst = true;
  readonly #prefix = new Uint8Array(PREFIX_BYTES);
  readonly #prefixView = new DataView(this.#prefix.buffer);
  /** Bytes present of the part that is being received: prefix, table or frame. */
  #got = 0;
  #headerBytes = 0;
  #table = new Uint8Array(0);
  #lengths: number[] = [];
  #frames: Uint8Array[] = [];
  #target: Uint8Array = new Uint8Array(0);
  /** What came after the place where the decoder is held. */
  #heldBytes: Uint8Array | undefined;
  #headerBlock = new Uint8Array(0);
  #headerBlockUsed = 0;

  constructor(options: FrameDecoderOptions) {
    this.#limits = options.limits;
    this.#allocate = options.allocate ?? ((bytes) => new Uint8Array(bytes));
    this.#onMessage = options.onMessage;
    this.#onGoodbye = options.onGoodbye;
  }

  /** Whether no message is under way, so that an end of the bytes cuts none. */
  get isBetweenMessages(): boolean {
    return this.#stage === 'ended' || (this.#stage === 'prefix' && this.#got === 0 && !this.isHeld);
  }

  /** Whether the peer has said goodbye. */
  get isEnded(): boolean {
    return this.#stage === 'ended';
  }

  /** Whether the next message is over the limits; nothing is decoded until {@link release}. */
  get isHeld(): boolean {
    return this.#heldBytes !== undefined;
  }

  /** Counts for every message whose prefix has not been accepted yet. */
  setLimits(limits: CommLimits): void {
    this.#limits = limits;
  }

  /**
   * Decodes a chunk.
   *
   * @param chunk - Not kept: what must live is copied out.
   * @throws {@link CommError} `GRID_COMM_BAD_FRAME` or `GRID_COMM_WIRE_VERSION` if these are not messages,
   * `GRID_COMM_TOO_LARGE` if there is no memory for one.
   */
  push(chunk: Uint8Array): void {
    if (this.#heldBytes !== undefined) {
      this.#heldBytes = concat(this.#heldBytes, chunk);
      return;
    }
    let at = 0;
    while (at < chunk.length) {
      if (this.#stage === 'ended') throw badFrame('sent bytes after its goodbye', {});
      at = this.#stage === 'body' ? this.#takeFrame(chunk, at) : this.#takeLayout(chunk, at);
      if (this.isHeld) {
        // Not `chunk.slice`: of a Buffer that is a view.
        this.#heldBytes = new Uint8Array(chunk.subarray(at));
        return;
      }
    }
  }

  /** The place for the next bytes, if they belong to a segment that still lacks many; else undefined: use {@link push}. */
  window(): Uint8Array | undefined {
    if (this.#stage !== 'body' || this.#target.length - this.#got < DIRECT_MIN_BYTES) return undefined;
    return this.#target.subarray(this.#got, Math.min(this.#got + WINDOW_BYTES, this.#target.length));
  }

  /** Says that the first `bytes` bytes of the last {@link window} are there. */
  filled(bytes: number): void {
    invariant(this.#stage === 'body' && this.#got + bytes <= this.#target.length, 'filled more than the window');
    this.#got += bytes;
    if (this.#got === this.#target.length) this.#frameDone();
  }

  /**
   * Looks again at the message that was held, with the limits of now, and goes on.
   *
   * @throws {@link CommError} `GRID_COMM_TOO_LARGE` if it is still over the limits; as {@link push} otherwise.
   */
  release(): void {
    const rest = this.#heldBytes;
    if (rest === undefined) return;
    const excess = this.#excess();
    if (excess !== undefined) throw excess;
    this.#heldBytes = undefined;
    this.#accept();
    this.push(rest);
  }

  /** Collects prefix or table. Returns the index of the first byte that was not used. */
  #takeLayout(chunk: Uint8Array, at: number): number {
    const part = this.#stage === 'prefix' ? this.#prefix : this.#table;
    const end = Math.min(chunk.length, at + part.length - this.#got);
    for (let index = at; index < end; index++) part[this.#got++] = chunk[index] ?? 0;
    if (this.#stage === 'prefix' && this.#got >= 4) this.#checkMagic();
    if (this.#got < part.length) return end;
    if (this.#stage === 'prefix') this.#readPrefix();
    else this.#readTable();
    if (this.isEnded) return end;
    if (this.#excess() === undefined) this.#accept();
    else this.#heldBytes = new Uint8Array(0);
    return end;
  }

  #checkMagic(): void {
    const prefix = this.#prefix;
    if (prefix[0] !== MAGIC_0 || prefix[1] !== MAGIC_1) {
      if (!this.#isFirst) throw badFrame('sent bytes that are no message after messages that were', {});
      const protocol = guessProtocol(prefix.subarray(0, 4));
      throw badFrame(`sent ${describeProtocol(protocol)}`, { protocol });
    }
    if (prefix[2] !== WIRE_VERSION) {
      throw new CommError(
        'GRID_COMM_WIRE_VERSION',
        `the peer speaks version ${String(prefix[2])} of the frame layout, this end ${WIRE_VERSION}; upgrade the older one`,
        { details: { theirs: prefix[2], ours: WIRE_VERSION } },
      );
    }
  }

  #readPrefix(): void {
    const flags = this.#prefix[3] ?? 0;
    const segments = this.#prefixView.getUint32(8, true);
    this.#headerBytes = this.#prefixView.getUint32(4, true);
    if (this.#prefixView.getUint32(12, true) !== 0) throw badFrame('sent a prefix whose reserved field is not 0', {});
    this.#isFirst = false;
    if (flags === FLAG_GOODBYE && segments === 0 && this.#headerBytes === 0) {
      this.#stage = 'ended';
      this.#got = 0;
      this.#onGoodbye();
      return;
    }
    if (flags !== 0) throw badFrame(`sent a prefix with the unknown flags ${flags}`, { flags });
  }

  #readTable(): void {
    const view = new DataView(this.#table.buffer);
    this.#lengths = Array.from({ length: this.#table.length / LENGTH_BYTES }, (_, index) => {
      const length = view.getFloat64(index * LENGTH_BYTES, true);
      if (!Number.isSafeInteger(length) || length < 0)
        throw badFrame('sent a segment length that is no length', { length });
      return length;
    });
  }

  /** What the message that begins here has too much of, as far as its layout is known. */
  #excess(): CommError | undefined {
    const limits = this.#limits;
    const segments = this.#prefixView.getUint32(8, true);
    if (this.#headerBytes > limits.headerBytesMax)
      return tooLarge('a header', this.#headerBytes, limits.headerBytesMax);
    if (segments > limits.segmentsMax) {
      return new CommError(
        'GRID_COMM_TOO_LARGE',
        `the peer sent a message of ${segments} segments, at most ${limits.segmentsMax} are accepted here`,
        { details: { segments, segmentsMax: limits.segmentsMax } },
      );
    }
    let total = layoutBytes(segments) + this.#headerBytes;
    if (this.#stage === 'table') {
      for (const length of this.#lengths) {
        if (length > limits.segmentBytesMax) return tooLarge('a segment', length, limits.segmentBytesMax);
        total += length;
      }
    }
    return total > limits.messageBytesMax ? tooLarge('a message', total, limits.messageBytesMax) : undefined;
  }

  /** Goes on after a prefix or a table that is within the limits. */
  #accept(): void {
    const segments = this.#prefixView.getUint32(8, true);
    this.#got = 0;
    if (this.#stage === 'prefix' && segments > 0) {
      this.#table = new Uint8Array(segments * LENGTH_BYTES);
      this.#stage = 'table';
      return;
    }
    if (this.#stage === 'prefix') this.#lengths = [];
    this.#stage = 'body';
    this.#frames = [];
    this.#nextFrame();
  }

  /** Prepares the next frame that has bytes, or delivers the message if there is none. */
  #nextFrame(): void {
    this.#got = 0;
    for (;;) {
      const index = this.#frames.length;
      if (index > this.#lengths.length) return this.#deliver();
      const length = index === 0 ? this.#headerBytes : (this.#lengths[index - 1] ?? 0);
      if (length > 0) {
        this.#target = index === 0 ? this.#headerTarget(length) : this.#segmentTarget(length);
        return;
      }
      this.#frames.push(new Uint8Array(0));
    }
  }

  #headerTarget(bytes: number): Uint8Array {
    if (bytes > SHARED_HEADER_MAX_BYTES) return new Uint8Array(bytes);
    if (this.#headerBlockUsed + bytes > this.#headerBlock.length) {
      this.#headerBlock = new Uint8Array(HEADER_BLOCK_BYTES);
      this.#headerBlockUsed = 0;
    }
    const from = this.#headerBlockUsed;
    // Headers begin at multiples of 8, so that a reader may lay any typed array over an aligned part.
    this.#headerBlockUsed += Math.ceil(bytes / 8) * 8;
    return this.#headerBlock.subarray(from, from + bytes);
  }

  #segmentTarget(bytes: number): Uint8Array {
    let target: Uint8Array;
    try {
      target = this.#allocate(bytes);
    } catch (cause) {
      throw new CommError(
        'GRID_COMM_TOO_LARGE',
        `there is no memory for a segment of ${formatBytes(bytes)} (${messageOf(cause)})`,
        { details: { bytes }, cause },
      );
    }
    invariant(target.length === bytes, `allocate(${bytes}) returned ${target.length} bytes`);
    return target;
  }

  #takeFrame(chunk: Uint8Array, at: number): number {
    const end = Math.min(chunk.length, at + this.#target.length - this.#got);
    this.#target.set(at === 0 && end === chunk.length ? chunk : chunk.subarray(at, end), this.#got);
    this.#got += end - at;
    if (this.#got === this.#target.length) this.#frameDone();
    return end;
  }

  #frameDone(): void {
    this.#frames.push(this.#target);
    this.#nextFrame();
  }

  #deliver(): void {
    const frames = this.#frames;
    this.#frames = [];
    this.#target = new Uint8Array(0);
    this.#lengths = [];
    this.#stage = 'prefix';
    this.#got = 0;
    this.#onMessage(frames);
  }
}

function tooLarge(what: string, bytes: number, bytesMax: number): CommError {
  return new CommError(
    'GRID_COMM_TOO_LARGE',
    `the peer sent ${what} of ${formatBytes(bytes)}, at most ${formatBytes(bytesMax)} are accepted here; ` +
      'the limit is low until setLimits() says that the peer is trusted',
    { details: { bytes, bytesMax } },
  );
}

function badFrame(what: string, details: Readonly<Record<string, unknown>>): CommError {
  return new CommError('GRID_COMM_BAD_FRAME', `the peer ${what}`, { details });
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}
