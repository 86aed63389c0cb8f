import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeValue, encodeValue, payloadBytes } from '../../src/index.js';
import type { Payload } from '../../src/index.js';

const roundTrip = <T>(value: T): T => decodeValue(encodeValue(value)) as T;

/** What arrives over a line: each buffer in memory of its own, on workers in shared memory. */
function received({ body, buffers }: Payload, memory: (size: number) => ArrayBufferLike): Payload {
  const copies = buffers.map((buffer) => {
    const copy = new Uint8Array(memory(buffer.length));
    copy.set(buffer);
    return copy;
  });
  return { body, buffers: copies };
}

type ViewClass = new (memory: ArrayBuffer, start: number, length: number) => ArrayBufferView;

const viewClasses: readonly (readonly [ViewClass, number])[] = [
  [Uint8Array, 1],
  [Int8Array, 1],
  [Uint8ClampedArray, 1],
  [Int16Array, 2],
  [Uint32Array, 4],
  [Float32Array, 4],
  [Float64Array, 8],
  [BigInt64Array, 8],
  [DataView, 1],
];

const bytesOf = (value: ArrayBuffer | ArrayBufferView): Buffer =>
  // The typings know no shared memory here; the runtime does.
  Buffer.from(memoryOf(value) as ArrayBuffer, startOf(value), value.byteLength);

/** Views of one or two memories, small and large, in any order, and perhaps the memories themselves. */
const views = fc
  .record({
    size: fc.constantFrom(64, 900, 6000),
    parts: fc.array(
      fc.record({
        memory: fc.integer({ min: 0, max: 1 }),
        kind: fc.integer({ min: 0, max: viewClasses.length - 1 }),
        from: fc.double({ min: 0, max: 1, noNaN: true }),
        to: fc.double({ min: 0, max: 1, noNaN: true }),
        isWhole: fc.boolean(),
      }),
      { minLength: 1, maxLength: 12 },
    ),
    buffers: fc.array(fc.integer({ min: 0, max: 1 }), { maxLength: 2 }),
    buffersFirst: fc.boolean(),
  })
  .map(({ size, parts, buffers, buffersFirst }) => {
    const memories = [0, 1].map((seed) => Uint8Array.from({ length: size }, (_, i) => (i * 7 + seed) % 251).buffer);
    const made = parts.map(({ memory, kind, from, to, isWhole }) => {
      const [viewClass, element] = viewClasses[kind] as (typeof viewClasses)[number];
      const elements = size / element;
      const first = isWhole ? 0 : Math.floor(Math.min(from, to) * elements);
      const last = isWhole ? Math.floor(elements) : Math.floor(Math.max(from, to) * elements);
      return new viewClass(
        memories[memory] as ArrayBuffer,
        first * element,
        viewClass === DataView ? last - first : last - first,
      );
    });
    const whole = buffers.map((index) => memories[index] as ArrayBuffer);
    return buffersFirst ? [...whole, ...made] : [...made, ...whole];
  });

function isView(value: unknown): value is ArrayBufferView {
  return ArrayBuffer.isView(value);
}

const memoryOf = (value: ArrayBuffer | ArrayBufferView): ArrayBufferLike => (isView(value) ? value.buffer : value);
const startOf = (value: ArrayBuffer | ArrayBufferView): number => (isView(value) ? value.byteOffset : 0);

test.each([
  ['where they were', (payload: Payload) => payload],
  ['in memory of their own', (payload: Payload) => received(payload, (size) => new ArrayBuffer(size))],
  ['in shared memory', (payload: Payload) => received(payload, (size) => new SharedArrayBuffer(size))],
])('views that share bytes share them afterwards, and nothing else changes, with buffers %s', (_, transport) => {
  fc.assert(
    fc.property(views, (values) => {
      const back = decodeValue(transport(encodeValue(values))) as typeof values;
      const wrong = values.flatMap((value, i) => {
        const copy = back[i] as typeof value;
        if (!isEqual(copy, value)) return [`${i} differs`];
        return values.flatMap((other, j) => {
          const otherCopy = back[j] as typeof value;
          const isKept =
            memoryOf(copy) === memoryOf(otherCopy) &&
            startOf(copy) - startOf(otherCopy) === startOf(value) - startOf(other);
          return !overlap(value, other) || isKept ? [] : [`${i} and ${j} do not share memory any more`];
        });
      });
      expect(wrong).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

function isEqual(copy: ArrayBuffer | ArrayBufferView, value: ArrayBuffer | ArrayBufferView): boolean {
  return Object.getPrototypeOf(copy) === Object.getPrototypeOf(value) && bytesOf(copy).equals(bytesOf(value));
}

function overlap(left: ArrayBuffer | ArrayBufferView, right: ArrayBuffer | ArrayBufferView): boolean {
  if (memoryOf(left) !== memoryOf(right)) return false;
  const end = Math.min(startOf(left) + left.byteLength, startOf(right) + right.byteLength);
  return Math.max(startOf(left), startOf(right)) < end;
}

test('no more bytes are sent than the views show together', () => {
  fc.assert(
    fc.property(views, (values) => {
      const shown = new Map<ArrayBufferLike, Set<number>>();
      for (const value of values) {
        const bytes = shown.get(memoryOf(value)) ?? new Set();
        shown.set(memoryOf(value), bytes);
        for (let i = 0; i < value.byteLength; i++) bytes.add(startOf(value) + i);
      }
      const distinct = [...shown.values()].reduce((sum, bytes) => sum + bytes.size, 0);
      // The first small view of a memory stands in the body as well where others join it.
      const slack = values.length * 20 + 32 + shown.size * 1024;
      expect(payloadBytes(encodeValue(values))).toBeLessThanOrEqual(distinct + slack);
    }),
    { numRuns: 300 },
  );
});

test('two views that overlap in the middle see what the other one writes', () => {
  const memory = new ArrayBuffer(24);
  const [left, right] = roundTrip([new Uint8Array(memory, 0, 16), new Float64Array(memory, 8, 2)] as const);
  expect(right.buffer).toBe(left.buffer);
  right[0] = 1;
  expect(Array.from(left.subarray(8, 16))).toEqual(Array.from(new Uint8Array(new Float64Array([1]).buffer)));
});

test('views that a third one connects share memory, whichever came first', () => {
  const memory = new ArrayBuffer(4000);
  const parts = [
    new Uint8Array(memory, 0, 1500),
    new Uint8Array(memory, 2500, 1500),
    new Uint8Array(memory, 1000, 2000),
  ];
  const [a, b, c] = roundTrip(parts) as [Uint8Array, Uint8Array, Uint8Array];
  expect(a.buffer).toBe(c.buffer);
  expect(b.buffer).toBe(c.buffer);
});

test('the rows of a matrix travel as one buffer, uncopied', () => {
  const matrix = new Float64Array(100_000);
  const rows = Array.from({ length: 1000 }, (_, i) => matrix.subarray(i * 100, i * 100 + 100));
  const payload = encodeValue(rows);
  expect(payload.buffers.map(({ buffer, length }) => [buffer === matrix.buffer, length])).toEqual([[true, 800_000]]);
  const back = decodeValue(payload) as typeof rows;
  expect(back.every(({ buffer }) => buffer === back[0]?.buffer)).toBe(true);
});

test('two small views at the ends of a large memory do not bring it along', () => {
  const memory = new ArrayBuffer(1_000_000);
  expect(payloadBytes(encodeValue([new Uint8Array(memory, 0, 10), new Uint8Array(memory, 999_990)]))).toBeLessThan(100);
});

test('Buffers from one pool bring nothing of their neighbours along', () => {
  const secret = Buffer.from('correct horse battery staple');
  const [first, second] = [Buffer.from('one'), Buffer.from('two')];
  const { body, buffers } = encodeValue([first, second]);
  for (const bytes of [body, ...buffers]) expect(Buffer.from(bytes).includes(secret)).toBe(false);
  expect(roundTrip([first, second])).toStrictEqual([first, second]);
});

interface Resizable extends ArrayBuffer {
  readonly resizable: boolean;
  readonly maxByteLength: number;
  resize(length: number): void;
}

function resizable(length: number, maxByteLength: number): Resizable {
  const make = ArrayBuffer as unknown as new (length: number, options: object) => Resizable;
  return new make(length, { maxByteLength });
}

test.each([8, 5000])('a resizable buffer of %d bytes stays one, and its views stay on it', (size) => {
  const memory = resizable(size, size * 2);
  new Uint8Array(memory).fill(7);
  for (const value of [
    { memory, view: new Uint8Array(memory, 0, 4) },
    { view: new Uint8Array(memory, 0, 4), memory },
  ]) {
    const back = roundTrip(value);
    expect([back.memory.resizable, back.memory.maxByteLength, back.memory.byteLength]).toEqual([true, size * 2, size]);
    expect(back.view.buffer).toBe(back.memory);
    back.memory.resize(size * 2);
    expect(new Uint8Array(back.memory)[size - 1]).toBe(7);
  }
});

test('buffers that could grow beyond all measure are refused', () => {
  const value = [resizable(1, 2 ** 31), resizable(1, 2 ** 31), resizable(1, 2 ** 31)];
  expect(() => encodeValue(value)).toThrow(/value\[2\]: it may grow to 2147483648 bytes/);
  expect(encodeValue(value.slice(1)).body.length).toBeLessThan(100);
});

test('each buffer is meant once: a few bytes cannot have a large one copied again and again', () => {
  const { body, buffers } = encodeValue([new Uint8Array(2000), new Uint8Array(2000)]);
  const bytes = body.slice();
  // The second view refers to the buffer of the first.
  const at = bytes.lastIndexOf(1);
  expect(bytes[at]).toBe(1);
  bytes[at] = 0;
  expect(() => decodeValue({ body: bytes, buffers })).toThrow(
    expect.objectContaining({ code: 'GRID_PROTOCOL_BAD_VALUE' }),
  );
});
