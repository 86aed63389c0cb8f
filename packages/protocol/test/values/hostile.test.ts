import { expect, test } from '@jest/globals';
import { isGridError } from '@grid/common';
import fc from 'fast-check';
import { decodeError, decodeValue, encodeValue } from '../../src/index.js';

/** `GRID_FUZZ_RUNS=1000000` for a long run. */
const RUNS = Number(process.env['GRID_FUZZ_RUNS'] ?? 40_000);

const KNOWN = Object.getOwnPropertyNames(Object.prototype).sort();

const samples = [
  [1, 'two', { three: [4, { five: 6n }] }, -0, 1.5],
  new Map<unknown, unknown>([[{ k: 1 }, new Set([1, 'x'])]]),
  [new Date(1), /a+b/gi, new URL('http://a.b/'), Object(1), Symbol.for('s')],
  Object.assign(new TypeError('bad', { cause: [1] }), { code: 'E' }),
  [new Float64Array([1, 2, 3]), Buffer.from('abc'), new Uint8Array(2000), new ArrayBuffer(3)],
  Array.from({ length: 40 }, (_, i) => ({ id: i, name: `n${i}` })),
  // eslint-disable-next-line no-sparse-arrays -- holes are part of the format
  [1, , 3, 'ü', '\ud800', 'x'.repeat(50), Array.from({ length: 20 }, (_, i) => i)],
  Array.from({ length: 300 }).reduce((next: unknown) => [next], 1),
  JSON.parse('{"__proto__":{"a":1},"constructor":{"prototype":1}}') as unknown,
].map((value) => encodeValue(value));

function decodeOrRefuse(body: Uint8Array, buffers: readonly Uint8Array[]): void {
  try {
    decodeValue({ body, buffers });
  } catch (error) {
    if (!isGridError(error, 'GRID_PROTOCOL_BAD_VALUE') && !isGridError(error, 'GRID_PROTOCOL_DESERIALIZE')) throw error;
  }
}

test('mutated bytes decode or are refused, and change no prototype', () => {
  const mutation = fc.record({
    sample: fc.integer({ min: 0, max: samples.length - 1 }),
    edits: fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 4 }),
    cut: fc.option(fc.nat(), { freq: 5 }),
  });
  fc.assert(
    fc.property(mutation, ({ sample, edits, cut }) => {
      const { body, buffers } = samples[sample] as (typeof samples)[number];
      const bytes = cut === null ? body.slice() : body.slice(0, cut % body.length);
      for (const [at, byte] of edits) if (bytes.length > 0) bytes[at % bytes.length] = byte;
      decodeOrRefuse(bytes, buffers);
    }),
    { numRuns: RUNS },
  );
  expect(Object.getOwnPropertyNames(Object.prototype).sort()).toEqual(KNOWN);
  expect(Object.keys({})).toEqual([]);
});

test('random bytes decode or are refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      decodeOrRefuse(bytes, []);
      decodeOrRefuse(Uint8Array.from([0, ...bytes]), [new Uint8Array(64)]);
    }),
    { numRuns: RUNS },
  );
  expect(Object.getOwnPropertyNames(Object.prototype).sort()).toEqual(KNOWN);
});

test.each([
  ['an array', [0, 0x0e]],
  ['a sparse array', [0, 0x0f]],
  ['a map', [0, 0x18]],
  ['a text', [0, 0x09]],
  ['numbers', [0, 0x12]],
  ['a bigint', [0, 0x07]],
  ['a list of keys', [0, 0x13]],
  ['a view', [0, 0x23, 0, 0]],
])('%s that claims a huge length allocates nothing', (_, head) => {
  const before = process.memoryUsage().rss;
  for (let i = 0; i < 200; i++) decodeOrRefuse(Uint8Array.from([...head, 0xff, 0xff, 0xff, 0xff, 0x7f, 0, 0, 0]), []);
  expect(process.memoryUsage().rss - before).toBeLessThan(64 << 20);
});

test('nesting is limited, whatever it is made of', () => {
  for (const opening of [[0xa1], [0x1a + 1], [0x20], [0x18, 1], [0x29, 3], [0x28]]) {
    const bytes = Uint8Array.from([0, ...Array.from({ length: 200_000 }).flatMap(() => opening)]);
    expect(() => decodeValue({ body: bytes, buffers: [] })).toThrow(
      expect.objectContaining({ code: 'GRID_PROTOCOL_BAD_VALUE' }),
    );
  }
});

test('code is rejected where only data is expected', () => {
  expect(() => decodeValue({ body: Uint8Array.from([1, 0x29, 0, 0, 0, 2, 0, 0, 0]), buffers: [] })).toThrow(/code/);
  expect(() => decodeValue({ body: Uint8Array.from([0, 0x29, 2, 0x84]), buffers: [] })).toThrow(/code/);
});

test('a key named __proto__ becomes a property', () => {
  const back = decodeValue(encodeValue(JSON.parse('{"__proto__":{"polluted":true}}'))) as object;
  expect(Object.keys(back)).toEqual(['__proto__']);
  expect((back as { polluted?: unknown }).polluted).toBeUndefined();
  expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
});

test('bytes that are no error come back as an error', () => {
  expect(decodeError({ body: Uint8Array.from([99]), buffers: [] })).toMatchObject({ code: 'GRID_PROTOCOL_BAD_VALUE' });
});
