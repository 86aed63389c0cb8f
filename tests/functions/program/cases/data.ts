/* 21 to 24, 26 and 27: captured data. */
import type { Case } from '../case.js';

const cyclic: { self?: unknown; n: number } = { n: 1 };
cyclic.self = cyclic;
const shared = { x: 1 };
const twice = [shared, { again: shared }];
const byObject = new Map<unknown, unknown>([[shared, 'v']]);

const pattern = /a(b)?/giu;
pattern.lastIndex = 3;
const values = {
  map: new Map<unknown, unknown>([['k', { v: 1 }]]),
  set: new Set([1, 'x']),
  date: new Date(5),
  big: 10n ** 30n,
  url: new URL('https://a.example/b?c=d'),
  boxed: [Object('text') as object, Object(1) as object, Object(true) as object],
};

const numbers = [NaN, -0, Infinity, -Infinity, undefined];
// eslint-disable-next-line no-sparse-arrays
const holes = [1, , 3];
const sparse: number[] = [];
sparse[2000] = 1;
const lone = '\ud800 and \udc00';

const floats = new Float64Array([1.5, 2.5]);
const bytes = new Uint8Array([0, 1, 2, 3, 4, 5, 6, 7]).subarray(2, 4);
const view = new DataView(new ArrayBuffer(8), 4, 2);
view.setInt16(0, -5);
const buffer = Buffer.from('abc');

const failure = Object.assign(new TypeError('bad', { cause: new Error('root') }), { code: 'E_BAD' });
const aggregate = new AggregateError([new Error('one'), new Error('two')], 'many');

const accessor = {
  n: 2,
  get twice(): number {
    return this.n * 2;
  },
  async later(): Promise<number> {
    return this.n + 1;
  },
  async *slowly(): AsyncGenerator<number> {
    yield await Promise.resolve(this.n + 2);
  },
  *[Symbol.iterator](): Generator<number> {
    yield this.n;
  },
};
const bare = Object.assign(Object.create(null) as Record<string, number>, { x: 1 });
const frozen = Object.freeze({ list: Object.freeze([1]) });

export const data: readonly Case[] = [
  { title: '21 cycle', fn: () => [cyclic.self === cyclic, cyclic.n], expect: [true, 1] },
  { title: '21 shared object', fn: () => twice[0] === (twice[1] as { again: unknown }).again, expect: true },
  { title: '21 Map by object', fn: () => byObject.get(shared), expect: 'v' },

  { title: '22 Map, Set, Date, BigInt, URL, boxed', fn: () => values, expect: values },
  {
    title: '22 methods of built-in objects',
    fn: () => [values.url.search, values.date.getTime()],
    expect: ['?c=d', 5],
  },
  {
    title: '22 RegExp with flags and lastIndex',
    fn: () => [pattern.flags, pattern.lastIndex, pattern.source],
    expect: ['giu', 3, 'a(b)?'],
  },

  { title: '23 NaN, -0, infinities, undefined', fn: () => numbers, expect: [NaN, -0, Infinity, -Infinity, undefined] },
  // eslint-disable-next-line no-sparse-arrays
  { title: '23 holes', fn: () => [holes, 1 in holes], expect: [[1, , 3], false] },
  { title: '23 sparse array', fn: () => [sparse.length, 0 in sparse, sparse[2000]], expect: [2001, false, 1] },
  { title: '23 lone surrogate', fn: () => [lone, lone.charCodeAt(0)], expect: ['\ud800 and \udc00', 0xd800] },

  {
    title: '24 typed array, part of one, Buffer',
    fn: () => [floats[1], bytes.length, bytes[0], Buffer.isBuffer(buffer), String(buffer)],
    expect: [2.5, 2, 2, true, 'abc'],
  },
  { title: '24 DataView', fn: () => [view.byteLength, view.getInt16(0)], expect: [2, -5] },
  { title: '24 of a part only the part is sent', fn: () => bytes.buffer.byteLength, expect: 2 },

  {
    title: '26 error with cause and own fields',
    fn: () => [
      failure instanceof TypeError,
      failure.code,
      (failure.cause as Error).message,
      /^TypeError: bad\n +at /.test(String(failure.stack)),
    ],
    expect: [true, 'E_BAD', 'root', true],
  },
  {
    title: '26 AggregateError',
    fn: () => [aggregate instanceof AggregateError, ...(aggregate.errors as Error[]).map(({ message }) => message)],
    expect: [true, 'one', 'two'],
  },
  {
    title: '26 error as a result',
    fn: () => failure,
    check: (e: TypeError) => e instanceof TypeError && e.message === 'bad',
  },

  { title: '27 getter', fn: () => accessor.twice, expect: 4 },
  {
    title: '27 methods: async, generator, by symbol',
    fn: async () => {
      const all = [await accessor.later(), ...accessor];
      for await (const n of accessor.slowly()) all.push(n);
      return all;
    },
    expect: [3, 2, 4],
  },
  { title: '27 no prototype', fn: () => [bare['x'], Object.getPrototypeOf(bare)], expect: [1, null] },
  { title: '27 frozen object keeps its content', fn: () => frozen.list, expect: [1] },
];
