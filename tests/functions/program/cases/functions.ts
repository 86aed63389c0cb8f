/* 28 to 35, 43 and 49: functions of all kinds. */
import type { Case } from '../case.js';
import { double } from '../own/helpers.js';
import * as sloppy from '../own/sloppy.cjs';

const offset = 41;
const bound = function (this: { k: number }, a: number, b: number): number {
  return this.k + a + b;
}.bind({ k: 100 }, 20);
const twiceBound = bound.bind(null, 3);
const boundNative = Math.max.bind(null, 10);
const tagged = Object.assign((x: number): number => x, { label: 'tag', nested: { n: 1 } });
function Old(this: { n: number }, n: number): void {
  this.n = n;
}
Old.prototype.get = function (this: { n: number }): number {
  return this.n;
};
const isArray = Array.isArray;
const registered = Symbol.for('a.b');
const unique = Symbol('only here');
const hostile = JSON.parse('{"__proto__":{"polluted":1},"constructor":2,"then":3}') as object;
// eslint-disable-next-line @typescript-eslint/no-implied-eval -- users do this
const madeUp = new Function('a', 'return a + 1') as (a: number) => number;
let written = 0;
let calls = 0;
const countCalls = (): number => ++calls;
function typeOfThis(this: unknown): string {
  return typeof this;
}
declare const maybeMissing: unknown;
declare const surelyMissing: number;

export const functions: readonly Case[] = [
  { title: '28 bound to an object and arguments', fn: bound, args: [1], expect: 121 },
  { title: '28 bound twice', fn: () => twiceBound(), expect: 123 },
  { title: '28 bound native function', fn: () => boundNative(3), expect: 10 },

  { title: '29 function with properties', fn: () => [tagged(1), tagged.label, tagged.nested.n], expect: [1, 'tag', 1] },
  {
    title: '29 old-style constructor',
    fn: () => new (Old as unknown as new (n: number) => { get(): number })(3).get(),
    expect: 3,
  },

  { title: '30 native function as a task', fn: Math.max, args: [1, 5], expect: 5 },
  {
    title: '30 native function, console, process, globalThis',
    fn: () => [isArray([]), typeof process.env, typeof console.log, globalThis === global],
    expect: [true, 'object', 'function', true],
  },

  {
    title: '31 registered and well-known symbols',
    fn: () => [Symbol.keyFor(registered), Symbol.iterator],
    expect: ['a.b', Symbol.iterator],
  },
  { title: '31 unique symbol', fn: () => String(unique), refused: 'SYMBOL' },

  {
    title: '32 hostile keys stay data',
    fn: (x: object) => [Object.keys(x), Object.keys(hostile), ({} as { polluted?: number }).polluted],
    args: [hostile],
    expect: [['__proto__', 'constructor', 'then'], ['__proto__', 'constructor', 'then'], undefined],
  },
  {
    title: '32 hostile keys in a result',
    fn: () => JSON.parse('{"__proto__":{"polluted":1}}') as object,
    check: (x: object) => Object.hasOwn(x, '__proto__') && ({} as { polluted?: number }).polluted === undefined,
  },

  { title: '33 tagged template', fn: () => ((parts: TemplateStringsArray) => parts.raw[0])`a\n`, expect: 'a\\n' },
  { title: '33 function made of text', fn: (x: number) => madeUp(x), args: [1], expect: 2 },

  { title: '34 assigns to a captured variable', fn: () => (written += 1), refused: 'WRITE', says: /'written'/ },
  { title: '34 a helper may', fn: () => countCalls() > 0, expect: true },
  {
    title: '34 assigns with permission',
    run: async ({ call, lib }) => {
      const result = await call(lib.client.task(() => (written += 1), { allowCaptureWrites: true }));
      // A worker that has run the same function for another program goes on from what that has left.
      if (!(Number(result) >= 1) || written !== 0)
        throw new Error(`gives ${String(result)} and leaves ${String(written)}`);
    },
  },

  { title: '35 name under typeof', fn: () => typeof maybeMissing, expect: 'undefined' },
  { title: '35 undefined name', fn: () => surelyMissing + 1, refused: 'UNDEF', says: /surelyMissing/ },

  {
    title: '43 functions in arguments',
    fn: (all: ((x: number) => number)[], x: number) => all.map((f) => f(x)),
    args: [[double, (x: number) => x + offset], 1],
    expect: [2, 42],
  },
  {
    title: '43 function as a result',
    fn: (n: number) => (x: number) => x + n + offset,
    args: [1],
    check: (f: (x: number) => number) => f(2) === 44,
  },
  {
    title: '43 functions in a result',
    fn: () => ({ list: [double, (x: number) => x - 1] }),
    check: ({ list }: { list: ((x: number) => number)[] }) => list.map((f) => f(5)).join() === '10,4',
  },

  {
    title: '49 strict function stays strict',
    fn: function (this: unknown) {
      'use strict';
      return this === undefined;
    },
    expect: true,
  },
  {
    title: '49 function is as strict as it is here',
    run: async ({ call }) => {
      const [there, here] = [await call(typeOfThis), typeOfThis()];
      if (there !== here) throw new Error(`gives ${String(there)} there and ${here} here`);
    },
  },
  { title: "49 sloppy function keeps its 'this'", fn: sloppy.thisOf, expect: 'object' },
  {
    title: '49 what only sloppy functions may write',
    fn: () => sloppy.undeclared(),
    expect: 3,
  },
];
