import { afterAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { runInNewContext } from 'node:vm';
import {
  ByteSink,
  ClassIdentities,
  decodeValue,
  encodeValue,
  FunctionDecoder,
  FunctionEncoder,
  payloadBytes,
  payloadHasCode,
  ValueDecoder,
  ValueEncoder,
} from '../../src/index.js';
import { anything, leaf, withInstances } from './any-value.js';

const roundTrip = (value: unknown): unknown => decodeValue(encodeValue(value));

const code = new FunctionEncoder();
afterAll(() => code.close());

test('whatever is accepted comes back deeply equal, with the same prototypes', () => {
  fc.assert(
    fc.property(anything, (value) => expect(isDeepStrictEqual(roundTrip(value), value)).toBe(true)),
    { numRuns: 500 },
  );
});

test('instances of classes come back deeply equal, of the same classes, wherever they stand', async () => {
  const decoder = new FunctionDecoder({ root: process.cwd() });
  await fc.assert(
    fc.asyncProperty(withInstances, async (value) => {
      const payload = encodeValue(value, { code });
      await decoder.prepare(payload);
      expect(isDeepStrictEqual(decodeValue(payload, { code: decoder }), value)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('what one realm made comes back as what it is in the realm that decodes', () => {
  const foreign = runInNewContext(
    '({ a: [1, , 3], m: new Map([[{}, new Set([1])]]), d: new Date(5), r: /x/g, e: new RangeError("e"), b: Object(1), v: new Int16Array(3), n: Object.create(null) })',
  ) as object;
  // eslint-disable-next-line no-sparse-arrays -- holes are part of the format
  const local = { a: [1, , 3], m: new Map([[{}, new Set([1])]]), d: new Date(5), r: /x/g, e: new RangeError('e') };
  const back = roundTrip(foreign) as Record<string, object>;
  expect(back).toStrictEqual({ ...local, b: Object(1), v: new Int16Array(3), n: Object.create(null) });
  for (const [key, value] of Object.entries(local))
    expect(Object.getPrototypeOf(back[key])).toBe(Object.getPrototypeOf(value));
});

test('an encoder that has been used before gives the same bytes as a new one', () => {
  const used = new ValueEncoder();
  const decoder = new ValueDecoder();
  fc.assert(
    fc.property(anything, (value) => {
      const payload = used.encode(value);
      expect(payload.body).toStrictEqual(new ValueEncoder().encode(value).body);
      expect(isDeepStrictEqual(decoder.decode(payload), value)).toBe(true);
    }),
    { numRuns: 100 },
  );
});

test('many values packed into one block come out one by one', () => {
  fc.assert(
    fc.property(fc.array(fc.array(leaf, { maxLength: 3 }), { maxLength: 30 }), (values) => {
      const encoder = new ValueEncoder();
      const sink = new ByteSink(8);
      const ends = values.map((value) => {
        expect(encoder.encodeInto(sink, value)).toStrictEqual([]);
        return sink.length;
      });
      const block = sink.copy();
      const decoder = new ValueDecoder();
      expect(ends.map((end, i) => decoder.decodeAt(block, ends[i - 1] ?? 0, end))).toStrictEqual(values);
    }),
  );
});

test('cycles and shared objects keep their identity', () => {
  const shared = { n: 1 };
  const value: { self?: unknown; list: unknown[]; map: Map<unknown, unknown> } = {
    list: [shared, shared],
    map: new Map(),
  };
  value.self = value;
  value.map.set(value, shared);
  const back = roundTrip(value) as typeof value;
  expect(back.self).toBe(back);
  expect(back.list[0]).toBe(back.list[1]);
  expect(back.map.get(back)).toBe(back.list[0]);
});

test.each([
  ['a list', (next: unknown) => ({ next })],
  ['arrays', (next: unknown) => [next]],
  ['maps', (next: unknown) => new Map([['next', next]])],
  ['sets', (next: unknown) => new Set([next])],
  ['objects without prototype', (next: unknown) => Object.assign(Object.create(null) as object, { next })],
])('%s of 100 000 levels needs no stack', (_, wrap) => {
  let value: unknown = 'end';
  for (let i = 0; i < 100_000; i++) value = wrap(value);
  let at = roundTrip(value);
  let levels = 0;
  while (at !== 'end') {
    levels++;
    at = inner(at as object);
  }
  expect(levels).toBe(100_000);
});

function inner(container: object): unknown {
  if (container instanceof Map) return container.get('next');
  if (container instanceof Set) return [...(container as Set<unknown>)][0];
  return Array.isArray(container) ? (container as unknown[])[0] : (container as { next: unknown }).next;
}

test('what cannot be put off is refused by its depth, never by the stack', () => {
  let error: unknown = new Error('innermost');
  for (let i = 0; i < 5000; i++) error = new Error('outer', { cause: error });
  expect(() => encodeValue(error)).toThrow(
    expect.objectContaining({
      code: 'GRID_PROTOCOL_UNSERIALIZABLE',
      details: expect.objectContaining({ reason: 'DEEP' }),
    }),
  );
});

test('an array of a million numbers travels as one block beside the body', () => {
  const numbers = Array.from({ length: 1_000_000 }, (_, i) => i / 4);
  const payload = encodeValue(numbers);
  expect(payload.body.length).toBeLessThan(20);
  expect(payload.buffers.map((buffer) => buffer.length)).toEqual([8_000_000]);
  expect(isDeepStrictEqual(decodeValue(payload), numbers)).toBe(true);
});

test('an array with holes keeps them, however long it is', () => {
  const sparse: unknown[] = [];
  sparse[4_000_000_000] = 'end';
  sparse[7] = 'seven';
  const back = roundTrip(sparse) as unknown[];
  expect(back.length).toBe(4_000_000_001);
  expect(Object.keys(back)).toEqual(['7', '4000000000']);
});

test('an array keeps properties that are no items', () => {
  const match = /b(c)/.exec('abcd');
  const back = roundTrip(match) as RegExpExecArray;
  expect([back[0], back[1], back.index, back.input]).toEqual(['bc', 'c', 1, 'abcd']);
});

test('many shapes, large dictionaries and symbols as keys come back', () => {
  const shapes = Array.from({ length: 60 }, (_, i) => ({ [`k${i}`]: i, same: { [`k${i}`]: 1 } }));
  const dictionary = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`key ${i}`, i]));
  const symbols = { [Symbol.for('grid.x')]: 1, [Symbol.toStringTag]: 'T', plain: 2 };
  expect(roundTrip([shapes, dictionary, symbols])).toStrictEqual([shapes, dictionary, symbols]);
});

test.each([
  [
    'an error with its cause and fields',
    Object.assign(new RangeError('far', { cause: { a: 1 } }), { code: 'E', list: [1] }),
  ],
  ['an error of errors', new AggregateError([new TypeError('one'), 'two'], 'both')],
  ['an error without a message', new Error()],
])('%s comes back with class, message, stack and fields', (_, error: Error & { errors?: unknown[] }) => {
  const back = roundTrip(error) as typeof error;
  expect(Object.getPrototypeOf(back)).toBe(Object.getPrototypeOf(error));
  expect([back.message, back.stack, back.cause, { ...back }]).toStrictEqual([
    error.message,
    error.stack,
    error.cause,
    { ...error },
  ]);
  expect(Object.hasOwn(back, 'message')).toBe(Object.hasOwn(error, 'message'));
  expect(back.errors?.map(String)).toEqual(error.errors?.map(String));
});

test('an error of a class that does not travel keeps its name and fields', () => {
  class Gone extends Error {
    readonly status = 404;
    override get name(): string {
      return 'Gone';
    }
  }
  const back = roundTrip(new Gone('no page')) as Gone;
  expect([String(back), back.status]).toEqual(['Gone: no page', 404]);
});

test('a date that is none stays one', () => {
  const back = roundTrip(new Date(NaN)) as Date;
  expect([back instanceof Date, back.getTime()]).toEqual([true, NaN]);
});

test('symbols of the language come back as the same, and classes keep methods that are named by them', async () => {
  const symbols = Reflect.ownKeys(Symbol).map((key) => Reflect.get(Symbol, key) as unknown);
  const known = symbols.filter((value) => typeof value === 'symbol');
  expect(known.length).toBeGreaterThanOrEqual(15);
  expect(roundTrip(known)).toEqual(known);
  class Resource {
    isOpen = true;
    [Symbol.dispose](): void {
      this.isOpen = false;
    }
  }
  const decoder = new FunctionDecoder({ root: process.cwd(), identities: new ClassIdentities() });
  const use = (): boolean => {
    const resource = new Resource();
    resource[Symbol.dispose]();
    return resource.isOpen;
  };
  expect(((await decoder.load(code.capture(use))) as typeof use)()).toBe(false);
});

test('a kind of view that this version of Node does not have is named', () => {
  const bytes = encodeValue(new Uint16Array(2)).body.slice();
  bytes[2] = 13;
  const back = (): unknown => decodeValue({ body: bytes, buffers: [] });
  if ('Float16Array' in globalThis) expect(Object.prototype.toString.call(back())).toBe('[object Float16Array]');
  else expect(back).toThrow(expect.objectContaining({ code: 'GRID_PROTOCOL_DESERIALIZE' }));
});

test('properties that objects of the language have besides their content come along', () => {
  const text = Object.assign(Object('abc') as object, { extra: 1 });
  const value = [
    Object.assign(new Map([[1, 2]]), { label: 'm', [Symbol.for('k')]: [1] }),
    Object.assign(new Set([1]), { label: 's' }),
    Object.assign(new Date(1), { label: 'd' }),
    Object.assign(/x/, { label: 'r' }),
    Object.assign(new ArrayBuffer(2), { label: 'b' }),
    text,
  ];
  expect(isDeepStrictEqual(roundTrip(value), value)).toBe(true);
  const [map] = roundTrip(value) as [Map<number, number> & { label: string }];
  expect([map.label, map.get(1)]).toEqual(['m', 2]);
});

test.each([[-1], [1.5], [NaN], ['x'], [undefined], [2 ** 40], [{ valueOf: 1 }]])(
  'a regular expression whose lastIndex was set to %p keeps it',
  (lastIndex) => {
    const back = roundTrip(Object.assign(/a/g, { lastIndex })) as RegExp;
    expect(back.lastIndex).toStrictEqual(lastIndex);
  },
);

test('regular expressions, URLs, boxed values and exceptions of the web come back', () => {
  const regexp = /a(b)?/giu;
  regexp.lastIndex = 3;
  const back = roundTrip([
    regexp,
    new URL('https://a.example/?q#f'),
    new URLSearchParams('a=1&a=2'),
    Object(5n),
    new DOMException('stop', { name: 'AbortError', cause: [1] } as never),
  ]) as [RegExp, URL, URLSearchParams, object, DOMException & { readonly cause?: unknown }];
  expect([back[0].source, back[0].flags, back[0].lastIndex]).toEqual(['a(b)?', 'giu', 3]);
  expect([back[1].href, back[2].toString(), back[3].valueOf()]).toEqual(['https://a.example/?q#f', 'a=1&a=2', 5n]);
  expect([back[4].name, back[4].message, back[4].code, back[4].cause]).toEqual(['AbortError', 'stop', 20, [1]]);
});

test('the size of a payload counts body and buffers, and data has no code', () => {
  const payload = encodeValue(new Uint8Array(5000));
  expect(payloadBytes(payload)).toBe(payload.body.length + 5000);
  expect(payloadHasCode(payload)).toBe(false);
});
