import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { runInNewContext } from 'node:vm';
import { encodeValue, decodeValue, TOKENIZE, tokenize } from '../../src/index.js';

test('tokens are the same on every machine and in every version: keys of stored results depend on them', () => {
  const value = [
    1,
    -1,
    1.5,
    'text',
    'ü',
    true,
    null,
    undefined,
    10n,
    { b: [1], a: new Map([['k', new Set([1])]]) },
    new Date(0),
    /a/g,
    new Uint8Array(600),
  ];
  expect(tokenize(value, 'f'.repeat(64))).toBe('6314589d3977dd2b4594bd98b6eeff2e');
});

test('the order of keys and entries does not matter, all else does', () => {
  expect(tokenize({ a: 1, b: 2 })).toBe(tokenize({ b: 2, a: 1 }));
  expect(
    tokenize(
      new Map([
        [1, 2],
        [3, 4],
      ]),
    ),
  ).toBe(
    tokenize(
      new Map([
        [3, 4],
        [1, 2],
      ]),
    ),
  );
  expect(tokenize(new Set([1, 'x']))).toBe(tokenize(new Set(['x', 1])));
  const different = [
    0,
    -0,
    NaN,
    '0',
    [0],
    [[0]],
    { 0: 0 },
    null,
    undefined,
    false,
    0n,
    new Set([0]),
    new Map([[0, 0]]),
    new Date(0),
    [0, undefined],
    new Uint8Array(1),
    new Int8Array(1),
    '',
  ];
  expect(new Set(different.map((value) => tokenize(value))).size).toBe(different.length);
});

test('whatever makes a value another one makes its token another one', () => {
  class Own extends Map {}
  const lastIndex = /a/g;
  lastIndex.lastIndex = 1;
  const other = (errors: unknown[]): Error => new AggregateError(errors, 'a');
  const different = [
    {},
    Object.create(null),
    [],
    Object.assign([], { index: 1 }),
    new Map(),
    Object.assign(new Map(), { size2: 1 }),
    new Own(),
    Object.assign(new Own(), { more: 1 }),
    /a/g,
    /a/y,
    lastIndex,
    Symbol.iterator,
    Symbol.for('Symbol(Symbol.iterator)'),
    { [Symbol.for('k')]: 1 },
    { [Symbol.for('k')]: 2 },
    { k: 1 },
    other([]),
    other([1]),
    new Error('a'),
    Object.assign(new Error('a'), { code: 1 }),
    new RangeError('a'),
    Object(1),
    Object('1'),
  ];
  const tokens = different.map((value) => tokenize(value, undefined, { hashOf: (fn) => fn.name }));
  expect(new Set(tokens).size).toBe(different.length);
  expect(tokens).not.toContain(undefined);
});

test('an object of another realm has the token of its like here', () => {
  const foreign = runInNewContext('({ a: [1, new Map([[1, /x/g]])], e: new TypeError("t") })') as object;
  expect(tokenize(foreign)).toBe(tokenize({ e: new TypeError('t'), a: [1, new Map([[1, /x/g]])] }));
});

test('all NaN are one, whatever their bits are', () => {
  const [odd] = new Float64Array(new BigUint64Array([0x7ff8_0000_0000_0123n]).buffer);
  expect(tokenize([odd])).toBe(tokenize([NaN]));
});

test('what travels keeps its token', () => {
  fc.assert(
    fc.property(
      fc.anything({
        withBigInt: true,
        withDate: true,
        withMap: true,
        withSet: true,
        withTypedArray: true,
        withSparseArray: true,
      }),
      (value) => {
        expect(tokenize(decodeValue(encodeValue(value)))).toBe(tokenize(value));
      },
    ),
  );
});

test('the function is a part of the token', () => {
  expect(tokenize([1], 'f')).not.toBe(tokenize([1], 'g'));
  expect(tokenize([1], 'f')).toMatch(/^[0-9a-f]{32}$/);
});

test('cycles have tokens', () => {
  const one: { self?: unknown } = {};
  one.self = one;
  const two: { self?: unknown } = {};
  two.self = two;
  expect(tokenize(one)).toBe(tokenize(two));
});

test('what content does not determine has none, unless it says itself what does', () => {
  class Handle {
    constructor(readonly id: number) {}
  }
  class Named extends Handle {
    [TOKENIZE](): unknown {
      return ['Named', this.id];
    }
  }
  for (const value of [new Handle(1), () => 1, Symbol('s'), Promise.resolve(), new WeakMap()])
    expect(tokenize([value])).toBeUndefined();
  expect(tokenize(new Named(1))).toBe(tokenize(new Named(1)));
  expect(tokenize(new Named(1))).not.toBe(tokenize(new Named(2)));
});

test('references and functions have the tokens that the caller gives them', () => {
  const future = {};
  const options = { referenceOf: (value: object) => (value === future ? 'key-1' : undefined), hashOf: () => 'h' };
  expect(tokenize([future, () => 1], 'f', options)).toBe(tokenize([future, () => 2], 'f', options));
  expect(tokenize([future], 'f', options)).not.toBe(tokenize([{}], 'f', options));
});

test('depth costs no stack: a list of 100 000 nodes has a token, which its last node is part of', () => {
  const list = (last: number): object => {
    let node: object = { last };
    for (let i = 0; i < 100_000; i++) node = i % 2 === 0 ? { next: node } : [node];
    return node;
  };
  const token = tokenize(list(1));
  expect(token).toMatch(/^[0-9a-f]{32}$/);
  expect([tokenize(list(1)), tokenize(list(2)) === token]).toEqual([token, false]);
});

test('a getter is asked once', () => {
  let asked = 0;
  const value = {
    get inner(): object {
      asked++;
      return {};
    },
  };
  tokenize(value);
  expect(asked).toBe(1);
});

test('a class is asked for its hash once, however many instances there are', () => {
  class Point {
    readonly x: number;
    constructor(x: number) {
      this.x = x;
    }
  }
  let asked = 0;
  const token = tokenize(
    Array.from({ length: 10 }, (_, i) => new Point(i)),
    undefined,
    {
      hashOf: () => {
        asked++;
        return 'hash';
      },
    },
  );
  expect([token !== undefined, asked]).toEqual([true, 1]);
});
