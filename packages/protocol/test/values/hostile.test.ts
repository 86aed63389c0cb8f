import { afterAll, beforeEach, expect, test } from '@jest/globals';
import { isGridError } from '@grid/common';
import fc from 'fast-check';
import {
  decodeError,
  decodeValue,
  encodeValue,
  FunctionDecoder,
  FunctionEncoder,
  MessageCodec,
  SerializerRegistry,
} from '../../src/index.js';
import type { DecodeOptions, Payload } from '../../src/index.js';
import { fuzz, mutated } from './fuzz.js';
import { hostileFrames } from './hostile-frames.js';

const serializers = new SerializerRegistry();
class Pair {
  constructor(readonly parts: unknown) {}
}
serializers.register(Pair, { name: 'p', serialize: ({ parts }) => parts, deserialize: (parts) => new Pair(parts) });

const memory = Uint8Array.from({ length: 3000 }, (_, i) => i).buffer;
const resizable = new (ArrayBuffer as unknown as new (length: number, options: object) => ArrayBuffer)(16, {
  maxByteLength: 64,
});

const samples = [
  [1, 'two', { three: [4, { five: 6n }] }, -0, 1.5],
  new Map<unknown, unknown>([[{ k: 1 }, new Set([1, 'x'])]]),
  [new Date(1), /a+b/gi, new URL('http://a.b/'), Object(1), Symbol.for('s'), Object.assign(new Map(), { label: [1] })],
  Object.assign(new TypeError('bad', { cause: [1] }), { code: 'E' }),
  [new Float64Array([1, 2, 3]), Buffer.from('abc'), new Uint8Array(2000), new ArrayBuffer(3)],
  [new Uint8Array(memory, 8, 1000), new Float64Array(memory, 504, 200), new DataView(memory, 0, 9), memory],
  [new Uint8Array(resizable, 2, 4), resizable, new Int16Array(resizable, 4, 2)],
  Array.from({ length: 40 }, (_, i) => ({ id: i, name: `n${i}` })),
  // eslint-disable-next-line no-sparse-arrays -- holes are part of the format
  [1, , 3, 'ü', '\ud800', 'x'.repeat(50), Array.from({ length: 20 }, (_, i) => i)],
  Array.from({ length: 300 }).reduce((next: unknown) => [next], 1),
  JSON.parse('{"__proto__":{"a":1},"constructor":{"prototype":1},"then":1}') as unknown,
  [new Pair([1, new Pair('x')]), { pair: new Pair({}) }],
].map((value) => encodeValue(value, { serializers }));

const encoder = new FunctionEncoder();
afterAll(() => encoder.close());

const offset = { by: [1, 2] };
class Shape {
  static count = 1;
  constructor(readonly side: number) {}
  area(): number {
    return this.side ** 2;
  }
}
class Square extends Shape {}
const helper = (x: number): number => x + (offset.by[0] ?? 0);

const withCode = [
  encodeValue((x: number) => helper(x) + helper(1), { code: encoder }),
  encodeValue([() => new Square(2).area()], { code: encoder }),
  encoder.capture((x: number) => helper(x)).payload,
  encodeValue([new Square(3), helper.bind(null, 4), Math.max, { get: helper }], { code: encoder, exact: true }),
  encodeValue(Object.assign(new (class Own extends RangeError {})('own'), { at: new Shape(1) }), { code: encoder }),
];

/** What hostile bytes must leave alone. */
function surroundings(): unknown {
  const roots = [Object, Array, Function, Map, Set, Error, Uint8Array, Promise, RegExp, String, Number];
  return [...roots.map(({ prototype }) => prototype as object), globalThis, Math, JSON, Reflect].map((object) => [
    Reflect.ownKeys(object).map(String).sort(),
    Object.getPrototypeOf(object),
  ]);
}

const REFUSALS = /^GRID_PROTOCOL_(?:BAD_VALUE|DESERIALIZE|FUNCTION_LOAD|BAD_MESSAGE|UNKNOWN_MESSAGE)$/;

let accepted = 0;
beforeEach(() => {
  accepted = 0;
});

function orRefuse(read: () => unknown): void {
  try {
    read();
    accepted++;
  } catch (error) {
    if (!isGridError(error) || !REFUSALS.test(error.code)) throw error;
  }
}

function decodeOrRefuse(body: Uint8Array, buffers: readonly Uint8Array[], options: DecodeOptions = {}): void {
  orRefuse(() => decodeValue({ body, buffers }, { serializers, ...options }));
}

test('mutated values decode or are refused', () => {
  const before = surroundings();
  fuzz(mutated(samples.map(({ body }) => body)), ({ bytes, sample }) => {
    decodeOrRefuse(bytes, (samples[sample] as Payload).buffers);
  });
  expect(surroundings()).toEqual(before);
  // Or nothing behind the first bytes would be tried.
  expect(accepted).toBeGreaterThan(1000);
});

test('random bytes decode or are refused', () => {
  const before = surroundings();
  fuzz(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    decodeOrRefuse(bytes, []);
    decodeOrRefuse(Uint8Array.from([0, ...bytes]), [new Uint8Array(64)]);
  });
  expect(surroundings()).toEqual(before);
});

test.each([
  ['where code is accepted', true],
  ['where only known code is', false],
])('mutated functions and instances decode or are refused, %s', (_, mayEvaluate) => {
  const before = surroundings();
  const decoder = new FunctionDecoder({ root: process.cwd(), mayEvaluate: () => mayEvaluate });
  fuzz(mutated(withCode.map(({ body }) => body)), ({ bytes, sample }) => {
    decodeOrRefuse(bytes, (withCode[sample] as Payload).buffers, { code: decoder });
  });
  expect(surroundings()).toEqual(before);
  expect(accepted).toBeGreaterThan(mayEvaluate ? 1000 : 100);
});

test('messages of any word with any fields decode or are refused', () => {
  const before = surroundings();
  const codec = new MessageCodec();
  fuzz(hostileFrames, (frames) => orRefuse(() => codec.decode(frames)));
  expect(surroundings()).toEqual(before);
  expect(accepted).toBeGreaterThan(1000);
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

test.each([
  ['with nothing in them', [0x0f, 0x80, 0x20, 0]],
  ['just short enough to be no table', [0x0f, 0xff, 0x07, 0]],
  [
    'that give their length as a property',
    [0x0f, 0, 1, 0, 0x86, ...Buffer.from('length'), 0x04, 0x80, 0x80, 0x80, 0x10],
  ],
])('long arrays %s allocate nothing', (_, array) => {
  const count = 20_000;
  const bytes = new Uint8Array([0, 0x0e, 0xa0, 0x9c, 0x01, ...Array.from({ length: count }, () => array).flat()]);
  const before = process.memoryUsage().heapUsed;
  decodeOrRefuse(bytes, []);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(60 << 20);
});

test('a sparse array comes back as one, however its items lie', () => {
  fc.assert(
    fc.property(
      fc.nat(5000),
      fc.dictionary(fc.nat(5000).map(String), fc.integer(), { maxKeys: 40 }),
      (length, items) => {
        const array: unknown[] = [];
        array.length = length;
        for (const [index, item] of Object.entries(items)) array[Number(index)] = item;
        const back = decodeValue(encodeValue(array)) as unknown[];
        expect([back.length, Object.entries(back)]).toEqual([array.length, Object.entries(array)]);
        back.push('end');
        expect(back[array.length]).toBe('end');
      },
    ),
  );
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
