import { FLAG } from './tags.js';

/**
 * An encoded value: body bytes plus out-of-band buffers.
 *
 * The buffers are views of the memory of the encoded value, not copies: whoever encodes must not change that memory
 * before the payload has been written.
 */
export interface Payload {
  /** The value itself; its first byte holds flags. */
  readonly body: Uint8Array;
  /** Bulk bytes of the value, in the order in which the body refers to them. */
  readonly buffers: readonly Uint8Array[];
}

/** Size of a payload on a wire, in bytes, without framing. */
export function payloadBytes(payload: Payload): number {
  let total = payload.body.byteLength;
  for (const buffer of payload.buffers) total += buffer.byteLength;
  return total;
}

/** Tells whether a payload holds functions or classes. Reads one byte. */
export function payloadHasCode(payload: Payload): boolean {
  return (flagsOf(payload) & FLAG.code) !== 0;
}

/**
 * Tells whether whoever decodes a payload must first have loaded what it refers to, since it holds functions, classes
 * or values of an optional package; see `FunctionDecoder.prepare`. Reads one byte.
 */
export function needsPreparation(payload: Payload): boolean {
  return (flagsOf(payload) & (FLAG.code | FLAG.packages)) !== 0;
}

/** Tells whether a payload holds futures, which somebody has to make; see `DecodeOptions.futureOf`. Reads one byte. */
export function payloadHasFutures(payload: Payload): boolean {
  return (flagsOf(payload) & FLAG.futures) !== 0;
}

function flagsOf({ body }: Payload): number {
  return body.length === 0 ? 0 : (body[0] as number);
}
