import { TRUSTED_LIMITS, type CommLimits, type Frames } from '@grid/comm';
import type { Envelope, MessageCodec } from '@grid/protocol';

/**
 * Encodes messages into as few frame sets as the peer's comm accepts: one, unless somebody queued very much in one turn.
 *
 * @param replace - Told of a message that is too large by itself; returns what is sent in its place, if anything.
 */
export function encodeFrames(
  codec: MessageCodec,
  envelopes: readonly Envelope[],
  replace: (envelope: Envelope) => Envelope | undefined,
  limits: CommLimits = TRUSTED_LIMITS,
): Frames[] {
  // How large messages are is known only once they are encoded, and asking first would cost every flush something.
  const frames = codec.encode(envelopes);
  if (fits(frames, limits)) return [frames];
  const [first] = envelopes;
  if (envelopes.length === 1 && first !== undefined) {
    const instead = replace(first);
    return instead === undefined ? [] : [codec.encode([instead])];
  }
  const middle = Math.ceil(envelopes.length / 2);
  return [envelopes.slice(0, middle), envelopes.slice(middle)].flatMap((half) =>
    encodeFrames(codec, half, replace, limits),
  );
}

function fits(frames: Frames, { headerBytesMax, segmentsMax, segmentBytesMax, messageBytesMax }: CommLimits): boolean {
  const segments = frames.length - 1;
  const headerBytes = frames[0]?.byteLength ?? 0;
  if (headerBytes > headerBytesMax || segments > segmentsMax) return false;
  // The comm adds the layout to what it counts: 16 bytes, and 8 for each segment.
  let bytes = headerBytes + 16 + 8 * segments;
  for (let segment = 1; segment <= segments; segment += 1) {
    const length = frames[segment]?.byteLength ?? 0;
    if (length > segmentBytesMax) return false;
    bytes += length;
  }
  return bytes <= messageBytesMax;
}
