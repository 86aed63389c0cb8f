import { ProtocolError } from '../errors.js';

const scratchFloat = new Float64Array(1);
const scratchBytes = new Uint8Array(scratchFloat.buffer);
const scratchBigInt = new BigInt64Array(scratchFloat.buffer);

/** The error for bytes that are no value. */
export function badValue(what: string, cause?: unknown): ProtocolError {
  const options = cause === undefined ? {} : { cause };
  return new ProtocolError('GRID_PROTOCOL_BAD_VALUE', `bytes that should be a value are none: ${what}`, options);
}

/** Reads from a range of bytes that anybody may have made up: nothing is believed before it is checked. */
export class ByteSource {
  bytes: Uint8Array = new Uint8Array(0);
  at = 0;
  end = 0;

  open(bytes: Uint8Array, start: number, end: number): void {
    if (!(start >= 0 && start <= end && end <= bytes.length)) throw badValue('the range lies outside of the bytes');
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  /** Bytes not yet read. */
  get left(): number {
    return this.end - this.at;
  }

  byte(): number {
    if (this.at >= this.end) throw badValue('they end too early');
    return this.bytes[this.at++] as number;
  }

  varint(): number {
    const bytes = this.bytes;
    let value = 0;
    let factor = 1;
    for (let i = 0; i < 8; i++) {
      if (this.at >= this.end) throw badValue('they end within a number');
      const byte = bytes[this.at++] as number;
      if (byte < 0x80) return value + byte * factor;
      value += (byte & 0x7f) * factor;
      factor *= 128;
    }
    throw badValue('a number has too many bytes');
  }

  /** A count of things that take at least `size` bytes each: what cannot be there is not believed. */
  count(size: number): number {
    const count = this.varint();
    if (count * size > this.left) throw badValue(`${count} items are announced and ${this.left} bytes are left`);
    return count;
  }

  float(): number {
    this.#scratch();
    return scratchFloat[0] as number;
  }

  bigint64(): bigint {
    this.#scratch();
    return scratchBigInt[0] as bigint;
  }

  /** The next `size` bytes, as a view. */
  take(size: number): Uint8Array {
    if (size > this.left) throw badValue(`${size} bytes are announced and ${this.left} are left`);
    const start = this.at;
    this.at += size;
    return this.bytes.subarray(start, start + size);
  }

  #scratch(): void {
    if (this.left < 8) throw badValue('they end within a number');
    const bytes = this.bytes;
    const at = this.at;
    for (let i = 0; i < 8; i++) scratchBytes[i] = bytes[at + i] as number;
    this.at = at + 8;
  }
}
