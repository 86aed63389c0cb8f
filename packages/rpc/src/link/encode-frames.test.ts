import { TRUSTED_LIMITS, type CommLimits } from '@grid/comm';
import { MessageCodec, type Envelope } from '@grid/protocol';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { encodeFrames } from './encode-frames.js';

const TINY: CommLimits = { ...TRUSTED_LIMITS, headerBytesMax: 100, segmentsMax: 2, messageBytesMax: 20_000 };

function closing(length: number, requestId: number): Envelope {
  return { message: { op: 'scheduler-closing', reason: 'x'.repeat(length) }, requestId };
}

function putData(segments: number, bytes: number): Envelope {
  const buffers = Array.from({ length: segments }, () => new Uint8Array(bytes));
  const values = { taskIds: [1], keys: { length: 1, at: () => 'k' }, payloads: [{ body: new Uint8Array(1), buffers }] };
  return { message: { op: 'put-data', values }, requestId: 1 };
}

describe('encodeFrames', () => {
  it('sends everything, in order, in frame sets that fit, and hands over what never will', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(130), { minLength: 1, maxLength: 20 }), (lengths) => {
        const codec = new MessageCodec();
        const tooLarge: number[] = [];
        const sets = encodeFrames(
          codec,
          lengths.map((length, at) => closing(length, at + 1)),
          ({ requestId }) => void tooLarge.push(requestId),
          TINY,
        );
        for (const [header] of sets) expect(header?.length).toBeLessThanOrEqual(TINY.headerBytesMax);
        const sent = sets.flatMap((frames) => codec.decode(frames)).map(({ requestId }) => requestId);
        expect(sent).toEqual([...sent].sort((a, b) => a - b));
        expect([...sent, ...tooLarge].sort((a, b) => a - b)).toEqual(lengths.map((_, at) => at + 1));
        expect(tooLarge.every((at) => (lengths[at - 1] ?? 0) > 80)).toBe(true);
      }),
    );
  });

  it.each([
    [2, 5000, true],
    [3, 5000, false],
    [2, 10_000, false],
  ])('looks at the number and the size of segments too: %i of %i bytes', (segments, bytes, isSent) => {
    const replaced: Envelope[] = [];
    const sets = encodeFrames(
      new MessageCodec(),
      [putData(segments, bytes)],
      (envelope) => void replaced.push(envelope),
      TINY,
    );
    expect([sets.length, replaced.length]).toEqual(isSent ? [1, 0] : [0, 1]);
  });

  it('sends what it is given in place of a message', () => {
    const codec = new MessageCodec();
    const [frames] = encodeFrames(codec, [closing(200, 3)], () => closing(1, 3), TINY);
    expect(codec.decode(frames ?? [])).toEqual([closing(1, 3)]);
  });
});
