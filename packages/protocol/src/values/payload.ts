import { FLAG_CODE } from './tags.js';

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

/**
 * Tells whether a payload holds functions or classes, so that whoever decodes it must first load what they refer to.
 * Reads one byte.
 */
export function payloadHasCode(payload: Payload): boolean {
  return payload.body.length > 0 && ((payload.body[0] as number) & FLAG_CODE) !== 0;
}
