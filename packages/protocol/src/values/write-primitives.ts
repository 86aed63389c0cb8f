import type { ByteSink } from './byte-sink.js';
import { Refusal } from './refusal.js';
import { writeString } from './strings.js';
import { MAX_BIGINT_BYTES, SMALL_INT_LIMIT, TAG, WELL_KNOWN_SYMBOLS } from './tags.js';

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/** Appends a number: short where it is a small integer, else as a double. */
export function writeNumber(sink: ByteSink, value: number): void {
  const int = value | 0;
  if (int !== value || (int === 0 && 1 / value < 0)) {
    sink.byte(TAG.float);
    return sink.float(value);
  }
  if (int >= 0 && int < SMALL_INT_LIMIT) return sink.byte(TAG.smallInt | int);
  sink.byte(TAG.int);
  sink.varint(((int << 1) ^ (int >> 31)) >>> 0);
}

/** Appends a bigint of any size. */
export function writeBigInt(sink: ByteSink, value: bigint): void {
  if (value >= INT64_MIN && value <= INT64_MAX) {
    sink.byte(TAG.bigint64);
    return sink.bigint64(value);
  }
  sink.byte(value < 0n ? TAG.bigintNegative : TAG.bigintPositive);
  const hex = (value < 0n ? -value : value).toString(16);
  if (hex.length > 2 * MAX_BIGINT_BYTES) {
    throw new Refusal('BIGINT', `it is a bigint of more than ${MAX_BIGINT_BYTES} bytes`, 'send it as a Uint8Array');
  }
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  sink.varint(bytes.length);
  sink.append(bytes);
}

/** Number of a symbol of the language, or -1. */
function wellKnownIndex(value: symbol): number {
  return WELL_KNOWN_SYMBOLS.indexOf(value);
}

/** Tells whether a symbol means the same in every process. */
export function isSendableSymbol(value: symbol): boolean {
  return Symbol.keyFor(value) !== undefined || wellKnownIndex(value) >= 0;
}

/** Appends a symbol that means the same in every process, and refuses others. */
export function writeSymbol(sink: ByteSink, value: symbol): void {
  const key = Symbol.keyFor(value);
  if (key !== undefined) {
    sink.byte(TAG.symbolFor);
    return writeString(sink, key);
  }
  const index = wellKnownIndex(value);
  if (index < 0) {
    throw new Refusal('SYMBOL', `${String(value)} is a symbol that exists only in this process`, 'use Symbol.for(…)');
  }
  sink.byte(TAG.wellKnownSymbol);
  sink.byte(index);
}
