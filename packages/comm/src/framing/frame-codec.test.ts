import { describe, expect, it } from '@jest/globals';
import { isGridError } from '@grid/common';
import fc from 'fast-check';
import { HANDSHAKE_LIMITS, TRUSTED_LIMITS, type CommLimits } from '../limits.js';
import type { Frames } from '../transport.js';
import { FrameDecoder } from './frame-decoder.js';
import { FrameEncoder } from './frame-encoder.js';

/** Frames as texts, which jest compares a thousand times faster than arrays. */
const bytes = (frames: Frames) => frames.map((frame) => Buffer.from(frame).toString('latin1'));

function encode(messages: readonly Frames[], goodbye = false): Uint8Array {
  const encoder = new FrameEncoder();
  for (const frames of messages) encoder.add(frames);
  if (goodbye) encoder.addGoodbye();
  return new Uint8Array(Buffer.concat(encoder.take()));
}

interface Decoded {
  readonly decoder: FrameDecoder;
  readonly messages: Frames[];
  readonly allocated: number[];
  goodbyes: number;
}

function createDecoder(limits: CommLimits = TRUSTED_LIMITS): Decoded {
  const decoded: { decoder?: FrameDecoder; messages: Frames[]; allocated: number[]; goodbyes: number } = {
    messages: [],
    allocated: [],
    goodbyes: 0,
  };
  decoded.decoder = new FrameDecoder({
    limits,
    allocate: (size) => {
      decoded.allocated.push(size);
      return new Uint8Array(size);
    },
    onMessage: (frames) => decoded.messages.push(frames),
    onGoodbye: () => (decoded.goodbyes += 1),
  });
  return decoded as Decoded;
}

/** Feeds `stream` in chunks of the given sizes, through a memory that is overwritten after each chunk. */
function feed({ decoder }: Decoded, stream: Uint8Array, sizes: readonly number[], useWindows: boolean): void {
  const common = new Uint8Array(Math.max(1, ...sizes));
  for (let at = 0, turn = 0; at < stream.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    const window = useWindows ? decoder.window() : undefined;
    const target = window ?? common;
    const chunk = stream.subarray(at, at + Math.min(size, target.length));
    target.set(chunk);
    if (window === undefined) {
      decoder.push(common.subarray(0, chunk.length));
      common.fill(0xee);
    } else {
      decoder.filled(chunk.length);
    }
    at += chunk.length;
  }
}

const frame = fc.oneof(
  { weight: 6, arbitrary: fc.uint8Array({ maxLength: 40 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 90_000 }).map((size) => new Uint8Array(size).fill(size & 0xff)) },
);
const message = fc.array(frame, { minLength: 1, maxLength: 6 });
const messages = fc.array(message, { maxLength: 8 });
/** Sizes of chunks, in turn; one of them is large, lest a long stream takes ever so many. */
const chunking = fc
  .tuple(fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 20 }), fc.integer({ min: 5_000, max: 70_000 }))
  .map(([small, large]) => [...small, large]);

describe('frames on the wire', () => {
  it('lie there as the layout says', () => {
    const wire = encode([[Uint8Array.of(1, 2, 3), Uint8Array.of(9), new Uint8Array(0)]], true);
    expect(Buffer.from(wire).toString('hex')).toBe(
      '47440100' +
        '03000000' +
        '02000000' +
        '00000000' +
        '000000000000f03f' +
        '0000000000000000' +
        '010203' +
        '09' +
        '47440101' +
        '00000000' +
        '00000000' +
        '00000000',
    );
  });

  it('come back the same, however they are cut into chunks and read', () => {
    fc.assert(
      fc.property(messages, chunking, fc.boolean(), (sent, sizes, useWindows) => {
        const decoded = createDecoder();
        feed(decoded, encode(sent, true), sizes, useWindows);
        expect(decoded.messages.map(bytes)).toEqual(sent.map(bytes));
        expect(decoded.goodbyes).toBe(1);
        expect(decoded.decoder.isBetweenMessages).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('come back the same when cut at every single byte, and when a thousand come in one chunk', () => {
    const sent = [
      [Uint8Array.of(1)],
      [new Uint8Array(0), Uint8Array.of(2, 3), new Uint8Array(0)],
      [Uint8Array.of(4, 5)],
    ];
    const wire = encode(sent);
    for (let cut = 0; cut <= wire.length; cut++) {
      const decoded = createDecoder();
      decoded.decoder.push(wire.subarray(0, cut));
      decoded.decoder.push(wire.subarray(cut));
      expect(decoded.messages.map(bytes)).toEqual(sent.map(bytes));
    }
    const many = Array.from({ length: 1000 }, (_, index) => [Uint8Array.of(index & 0xff)]);
    const decoded = createDecoder();
    decoded.decoder.push(encode(many));
    expect(decoded.messages.map(bytes)).toEqual(many.map(bytes));
  });

  it('end in nothing but an error of ours when bytes are changed, dropped or made up', () => {
    const damage = fc.array(fc.record({ at: fc.nat(200), value: fc.integer({ min: 0, max: 255 }) }), { maxLength: 6 });
    fc.assert(
      fc.property(
        messages,
        damage,
        fc.uint8Array({ maxLength: 60 }),
        fc.boolean(),
        (sent, changes, noise, noiseFirst) => {
          const wire = encode(sent);
          for (const { at, value } of changes) if (at < wire.length) wire[at] = value;
          const decoded = createDecoder(HANDSHAKE_LIMITS);
          try {
            const stream = Buffer.concat(noiseFirst ? [noise, wire] : [wire, noise]);
            feed(decoded, new Uint8Array(stream), [37, 10_000], true);
            decoded.decoder.release();
          } catch (error) {
            expect(isGridError(error)).toBe(true);
          }
          for (const size of decoded.allocated) expect(size).toBeLessThanOrEqual(HANDSHAKE_LIMITS.segmentBytesMax);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('never fail otherwise when all bytes are random, even if they begin as ours do', () => {
    fc.assert(
      fc.property(fc.boolean(), fc.uint8Array({ minLength: 1, maxLength: 100 }), (looksRight, noise) => {
        const decoded = createDecoder(HANDSHAKE_LIMITS);
        try {
          if (looksRight) decoded.decoder.push(Uint8Array.of(0x47, 0x44, 1, 0));
          decoded.decoder.push(noise);
          decoded.decoder.release();
        } catch (error) {
          expect(isGridError(error)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('the encoder', () => {
  it('puts small frames of many messages into one buffer and passes large ones on uncopied', () => {
    const encoder = new FrameEncoder();
    const large = new Uint8Array(100_000);
    encoder.add([Uint8Array.of(1), Uint8Array.of(2)]);
    encoder.add([Uint8Array.of(3), large, Uint8Array.of(4)]);
    encoder.add([Uint8Array.of(5)]);
    const buffers = encoder.take();
    expect(buffers).toHaveLength(3);
    expect(buffers[1]).toBe(large);
  });

  it('leaves taken buffers alone until they are recycled, then uses the memory again', () => {
    const encoder = new FrameEncoder();
    encoder.add([Uint8Array.of(1, 1, 1)]);
    const [first] = encoder.take();
    encoder.add([Uint8Array.of(2, 2, 2)]);
    const [second] = encoder.take();
    expect(first?.at(-1)).toBe(1);
    expect(second?.at(-1)).toBe(2);
    encoder.recycle();
    encoder.add([Uint8Array.of(3, 3, 3)]);
    expect(encoder.take()[0]?.byteOffset).toBe(first?.byteOffset);
  });

  it('does not recycle what has not been taken', () => {
    const encoder = new FrameEncoder();
    encoder.add([Uint8Array.of(1)]);
    encoder.recycle();
    const decoded = createDecoder();
    for (const buffer of encoder.take()) decoded.decoder.push(buffer);
    expect(decoded.messages.map(bytes)).toEqual([['\x01']]);
  });

  it('counts the bytes it holds', () => {
    const encoder = new FrameEncoder();
    encoder.add([Uint8Array.of(1, 2), new Uint8Array(9_000)]);
    expect(encoder.pendingBytes).toBe(16 + 8 + 2 + 9_000);
    encoder.addGoodbye();
    expect(encoder.take().reduce((sum, buffer) => sum + buffer.length, 0)).toBe(16 + 8 + 2 + 9_000 + 16);
    expect(encoder.pendingBytes).toBe(0);
  });

  it('writes tables that are larger than its own memory', () => {
    const frames = Array.from({ length: 20_001 }, (_, index) => Uint8Array.of(index & 0xff));
    const decoded = createDecoder();
    decoded.decoder.push(encode([frames]));
    expect(decoded.messages.map(bytes)).toEqual([bytes(frames)]);
  });
});
