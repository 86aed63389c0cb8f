import { ProtocolError } from '../errors.js';

/** A sink never grows beyond this, in bytes: what is larger belongs into buffers of its own. */
const MAX_SINK_BYTES = 2 ** 31 - 1;

const scratchFloat = new Float64Array(1);
const scratchBytes = new Uint8Array(scratchFloat.buffer);
const scratchBigInt = new BigInt64Array(scratchFloat.buffer);

/** Bytes that grow: encoders append, the owner takes what is there. Reused from one message to the next. */
export class ByteSink {
  /** The memory; only the first {@link ByteSink.length} bytes mean anything. Replaced whenever it grows. */
  bytes: Uint8Array;
  /** Bytes written so far. Lower it to take back what was written last. */
  length = 0;

  /** @param capacity - bytes to start with */
  constructor(capacity = 1024) {
    this.bytes = new Uint8Array(capacity);
  }

  /** Forgets everything written and keeps the memory. */
  reset(): void {
    this.length = 0;
  }

  /** Makes room for `size` more bytes. */
  reserve(size: number): void {
    const wanted = this.length + size;
    if (wanted > this.bytes.length) this.#grow(wanted);
  }

  /** A copy of what was written from `start` on. */
  copy(start = 0): Uint8Array {
    return this.bytes.slice(start, this.length);
  }

  byte(value: number): void {
    if (this.length === this.bytes.length) this.#grow(this.length + 1);
    this.bytes[this.length++] = value;
  }

  /** Appends an integer from 0 to 2^53 - 1, in 1 to 8 bytes. */
  varint(value: number): void {
    this.reserve(8);
    const bytes = this.bytes;
    let at = this.length;
    let rest = value;
    while (rest > 0x7f) {
      bytes[at++] = (rest & 0x7f) | 0x80;
      // Shifting would cut a length of more than 32 bits.
      rest = rest > 0x7fffffff ? Math.floor(rest / 128) : rest >>> 7;
    }
    bytes[at++] = rest;
    this.length = at;
  }

  float(value: number): void {
    scratchFloat[0] = value;
    this.#scratch();
  }

  bigint64(value: bigint): void {
    scratchBigInt[0] = value;
    this.#scratch();
  }

  /** Appends bytes, copied. */
  append(source: Uint8Array): void {
    this.reserve(source.length);
    this.bytes.set(source, this.length);
    this.length += source.length;
  }

  #scratch(): void {
    this.reserve(8);
    const bytes = this.bytes;
    const at = this.length;
    for (let i = 0; i < 8; i++) bytes[at + i] = scratchBytes[i] as number;
    this.length = at + 8;
  }

  #grow(wanted: number): void {
    if (wanted > MAX_SINK_BYTES) {
      throw new ProtocolError(
        'GRID_PROTOCOL_UNSERIALIZABLE',
        `cannot serialise a value whose structure takes more than ${MAX_SINK_BYTES} bytes; put bulk data into typed arrays`,
        { details: { wanted } },
      );
    }
    const grown = new Uint8Array(Math.min(MAX_SINK_BYTES, Math.max(64, wanted, this.bytes.length * 2)));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }
}
