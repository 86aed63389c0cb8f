import { describe, expect, it } from '@jest/globals';
import { HANDSHAKE_LIMITS, TRUSTED_LIMITS, type CommLimits } from '../limits.js';
import type { Frames } from '../transport.js';
import { FrameDecoder } from './frame-decoder.js';

const MIB = 2 ** 20;

interface PrefixFields {
  readonly magic?: string;
  readonly version?: number;
  readonly flags?: number;
  readonly header?: number;
  readonly segments?: number;
  readonly reserved?: number;
}

function prefix({
  magic = 'GD',
  version = 1,
  flags = 0,
  header = 0,
  segments = 0,
  reserved = 0,
}: PrefixFields): Uint8Array {
  const bytes = Buffer.alloc(16);
  bytes.write(magic, 'latin1');
  bytes.writeUInt8(version, 2);
  bytes.writeUInt8(flags, 3);
  bytes.writeUInt32LE(header, 4);
  bytes.writeUInt32LE(segments, 8);
  bytes.writeUInt32LE(reserved, 12);
  return new Uint8Array(bytes);
}

const lengths = (...values: readonly number[]) => new Uint8Array(new Float64Array(values).buffer);

function rig(limits: CommLimits = HANDSHAKE_LIMITS) {
  const messages: Frames[] = [];
  const allocated: number[] = [];
  let goodbyes = 0;
  const decoder = new FrameDecoder({
    limits,
    allocate: (bytes) => {
      allocated.push(bytes);
      return new Uint8Array(bytes);
    },
    onMessage: (frames) => messages.push(frames),
    onGoodbye: () => (goodbyes += 1),
  });
  return { decoder, messages, allocated, goodbyes: () => goodbyes };
}

const code = (name: string, text = '') =>
  expect.objectContaining({ code: name, message: expect.stringContaining(text) });

describe('the decoder refuses', () => {
  it.each([
    ['an HTTP request', 'GET / HTTP/1.1\r\n', 'an HTTP request'],
    ['an HTTP/2 preface', 'PRI * HTTP/2.0\r\n', 'an HTTP request'],
    ['an HTTP response', 'HTTP/1.1 200 OK\r\n', 'an HTTP response'],
    ['a TLS hello', '\x16\x03\x01\x02\x00\x01\x00\x01', 'TLS'],
    ['an SSH banner', 'SSH-2.0-OpenSSH_9.6\r\n', 'SSH'],
    ['a Redis command', '*1\r\n$4\r\nPING\r\n', 'Redis'],
    ['an inline Redis command', 'PING\r\n', 'Redis'],
    ['anything else', '\x00\x01\x02\x03\x04', 'no grid message'],
  ])('%s by its name', (_, text, name) => {
    expect(() => rig().decoder.push(new Uint8Array(Buffer.from(text, 'latin1')))).toThrow(
      code('GRID_COMM_BAD_FRAME', name),
    );
  });

  it('what is not ours by its first four bytes', () => {
    const { decoder } = rig();
    decoder.push(Uint8Array.from(Buffer.from('GET')));
    expect(() => decoder.push(Uint8Array.from(Buffer.from(' ')))).toThrow(code('GRID_COMM_BAD_FRAME'));
  });

  it('another version, and says which', () => {
    expect(() => rig().decoder.push(prefix({ version: 2 }))).toThrow(
      expect.objectContaining({ code: 'GRID_COMM_WIRE_VERSION', details: { theirs: 2, ours: 1 } }),
    );
  });

  it.each([
    ['unknown flags', prefix({ flags: 2 })],
    ['a goodbye with a header', prefix({ flags: 1, header: 1 })],
    ['a goodbye with segments', prefix({ flags: 1, segments: 1 })],
    ['a reserved field that is in use', prefix({ reserved: 1 })],
  ])('%s', (_, bytes) => {
    expect(() => rig().decoder.push(bytes)).toThrow(code('GRID_COMM_BAD_FRAME'));
  });

  it.each([Number.NaN, Infinity, -Infinity, -1, 0.5, 2 ** 53, Number.MAX_VALUE])('the segment length %d', (length) => {
    const { decoder, allocated } = rig(TRUSTED_LIMITS);
    decoder.push(prefix({ segments: 1 }));
    expect(() => decoder.push(lengths(length))).toThrow(code('GRID_COMM_BAD_FRAME'));
    expect(allocated).toEqual([]);
  });

  it('bytes after the goodbye', () => {
    const { decoder, goodbyes } = rig();
    decoder.push(prefix({ flags: 1 }));
    expect(goodbyes()).toBe(1);
    expect(() => decoder.push(Uint8Array.of(1))).toThrow(code('GRID_COMM_BAD_FRAME', 'after its goodbye'));
  });

  it('garbage after good messages without a guess at what it is', () => {
    const { decoder, messages } = rig();
    decoder.push(prefix({}));
    expect(messages).toHaveLength(1);
    expect(() => decoder.push(Uint8Array.from(Buffer.from('GET /')))).toThrow('no message after messages that were');
  });
});

describe('a message that claims too much', () => {
  const limits: CommLimits = {
    ...TRUSTED_LIMITS,
    headerBytesMax: 1_000,
    segmentsMax: 3,
    segmentBytesMax: 5_000,
    messageBytesMax: 9_000,
  };

  it.each([
    ['header', [prefix({ header: 1_001 })]],
    ['header of 4 GiB', [prefix({ header: 0xffff_ffff })]],
    ['number of segments', [prefix({ segments: 4 })]],
    ['number of segments that would need a table of 32 GiB', [prefix({ segments: 0xffff_ffff })]],
    ['segment', [prefix({ segments: 1 }), lengths(5_001)]],
    ['segment of 4 GiB', [prefix({ segments: 1 }), lengths(2 ** 32)]],
    ['segment of 8 PiB', [prefix({ segments: 1 }), lengths(2 ** 53 - 1)]],
    ['sum of segments', [prefix({ segments: 2 }), lengths(5_000, 4_500)]],
  ])('by its %s is held, allocates nothing, and is refused when it is released', (_, chunks) => {
    const { decoder, allocated } = rig(limits);
    const before = process.memoryUsage();
    for (const chunk of chunks) decoder.push(chunk);
    expect(decoder.isHeld).toBe(true);
    expect(decoder.isBetweenMessages).toBe(false);
    expect(() => decoder.release()).toThrow(code('GRID_COMM_TOO_LARGE'));
    expect(allocated).toEqual([]);
    expect(process.memoryUsage().arrayBuffers - before.arrayBuffers).toBeLessThan(MIB);
  });

  it('passes whole when the limits have been raised before it is released', () => {
    const { decoder, messages } = rig(limits);
    const wire = Buffer.concat([
      prefix({ header: 2_000, segments: 4 }),
      lengths(6_000, 0, 1, 0),
      new Uint8Array(8_001),
      prefix({}),
    ]);
    decoder.push(wire.subarray(0, 10));
    decoder.push(wire.subarray(10, 300));
    decoder.push(wire.subarray(300, 500));
    expect(messages).toEqual([]);
    decoder.setLimits(TRUSTED_LIMITS);
    decoder.release();
    decoder.push(wire.subarray(500));
    expect(messages.map((frames) => frames.map((frame) => frame.length))).toEqual([[2_000, 6_000, 0, 1, 0], [0]]);
  });

  it('may be held twice, for its prefix and for its table', () => {
    const { decoder, messages } = rig(limits);
    decoder.push(prefix({ header: 2_000, segments: 1 }));
    decoder.setLimits({ ...limits, headerBytesMax: 2_000 });
    decoder.release();
    decoder.push(lengths(6_000));
    expect(decoder.isHeld).toBe(true);
    decoder.setLimits(TRUSTED_LIMITS);
    decoder.release();
    decoder.push(new Uint8Array(8_000));
    expect(messages).toHaveLength(1);
  });

  it('is refused with what was missing when there is no memory for a segment', () => {
    const decoder = new FrameDecoder({
      limits: TRUSTED_LIMITS,
      allocate: () => {
        throw new RangeError('Array buffer allocation failed');
      },
      onMessage: () => {},
      onGoodbye: () => {},
    });
    expect(() => decoder.push(Buffer.concat([prefix({ segments: 1 }), lengths(MIB)]))).toThrow(
      code('GRID_COMM_TOO_LARGE', 'no memory for a segment of 1.0 MiB'),
    );
  });
});

describe('memory of received frames', () => {
  it('is not allocated for a segment before those in front of it are complete', () => {
    const { decoder, allocated } = rig(TRUSTED_LIMITS);
    decoder.push(prefix({ header: 5, segments: 2 }));
    decoder.push(lengths(1_000, MIB));
    decoder.push(new Uint8Array(4));
    expect(allocated).toEqual([]);
    decoder.push(new Uint8Array(1_000));
    expect(allocated).toEqual([1_000]);
    decoder.push(new Uint8Array(1));
    expect(allocated).toEqual([1_000, MIB]);
  });

  it('is the very memory that was allocated, filled in place through windows', () => {
    const shared = new Uint8Array(new SharedArrayBuffer(MIB));
    const messages: Frames[] = [];
    const decoder = new FrameDecoder({
      limits: TRUSTED_LIMITS,
      allocate: () => shared,
      onMessage: (frames) => messages.push(frames),
      onGoodbye: () => {},
    });
    expect(decoder.window()).toBeUndefined();
    decoder.push(Buffer.concat([prefix({ header: 1, segments: 1 }), lengths(MIB), Uint8Array.of(1, 42)]));
    let filled = 1;
    for (let window = decoder.window(); window !== undefined; window = decoder.window()) {
      expect(window.buffer).toBe(shared.buffer);
      expect(window.byteOffset).toBe(filled);
      const part = Math.min(window.length, 100_000);
      window.fill(7, 0, part);
      decoder.filled(part);
      filled += part;
    }
    // The rest is so small that the messages behind it are read along.
    decoder.push(new Uint8Array(MIB - filled).fill(7));
    expect(messages[0]?.[1]).toBe(shared);
    expect(shared[0]).toBe(42);
    expect(shared.subarray(1).every((byte) => byte === 7)).toBe(true);
  });

  it('holds small headers together and large ones alone, and headers begin at multiples of 8', () => {
    const { decoder, messages } = rig(TRUSTED_LIMITS);
    for (const bytes of [3, 9, 1_024, 1_025, 60_000])
      decoder.push(Buffer.concat([prefix({ header: bytes }), new Uint8Array(bytes)]));
    const headers = messages.map((frames) => frames[0]);
    expect(headers.every((header) => (header?.byteOffset ?? 1) % 8 === 0)).toBe(true);
    expect(headers.map((header) => header?.buffer.byteLength)).toEqual([8_192, 8_192, 8_192, 1_025, 60_000]);
  });
});
