/* 1 to 5: what a function sees of the code around it. */
import type { Case } from '../case.js';

const offset = 41;
const config = { a: 1, deep: { list: [1, 2] } };
const { a: destructured } = config;

function* upTo(n: number): Generator<number> {
  for (let i = 0; i < n; i++) yield i;
}
async function* slowly(n: number): AsyncGenerator<number> {
  for (let i = 0; i < n; i++) yield await Promise.resolve(i);
}

const closures = [0, 1, 2].map((i) => () => i * 10);
const perIteration: (() => number)[] = [];
for (let i = 0; i < 3; i++) perIteration.push(() => i);
const caught = ((): (() => string) => {
  try {
    throw new Error('inner');
  } catch (error) {
    return () => (error as Error).message;
  }
})();
let inBlock: () => number;
{
  const k = 7;
  inBlock = () => k;
}
const withDefault = (
  (x = offset) =>
  () =>
    x
)();

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));
function fib(n: number): number {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}
function evenOdd(): (n: number) => boolean {
  const even = (n: number): boolean => n === 0 || odd(n - 1);
  const odd = (n: number): boolean => n !== 0 && even(n - 1);
  return even;
}

export const variables: readonly Case[] = [
  { title: '1 no capture', fn: (x: number) => x * 2, args: [4], expect: 8 },
  { title: '1 a constant', fn: (x: number) => x + offset, args: [1], expect: 42 },
  { title: '1 an object', fn: () => config.deep.list, expect: [1, 2] },
  { title: '1 a destructured constant', fn: () => destructured, expect: 1 },

  { title: '2 async arrow', fn: async (x: number) => (await Promise.resolve(x)) + 1, args: [1], expect: 2 },
  {
    title: '2 function expression with nested functions, destructuring and defaults',
    fn: function ({ a, b: [c] }: { a: number; b: number[] }, d = offset): number {
      const add = (x: number, y: number): number => x + y;
      return add(a, c as number) + d;
    },
    args: [{ a: 1, b: [2] }],
    expect: 44,
  },

  {
    title: '3 generators inside',
    fn: async () => {
      const numbers = function* (): Generator<number> {
        yield* [1, 2];
      };
      const later = async function* (): AsyncGenerator<number> {
        yield await Promise.resolve(3);
      };
      const all = [...numbers()];
      for await (const n of later()) all.push(n);
      return all;
    },
    expect: [1, 2, 3],
  },
  { title: '3 captured generator', fn: () => [...upTo(3)], expect: [0, 1, 2] },
  {
    title: '3 captured async generator',
    fn: async () => {
      const all: number[] = [];
      for await (const n of slowly(3)) all.push(n);
      return all;
    },
    expect: [0, 1, 2],
  },

  { title: '4 variable of a callback', fn: closures[2], expect: 20 },
  { title: '4 loop variable of each iteration', fn: () => perIteration.map((f) => f()), expect: [0, 1, 2] },
  { title: '4 catch binding', fn: caught, expect: 'inner' },
  { title: '4 variable of a block', fn: inBlock, expect: 7 },
  { title: '4 default parameter', fn: withDefault, expect: 41 },

  { title: '5 arrow that calls itself', fn: factorial, args: [5], expect: 120 },
  { title: '5 named function that calls itself', fn: fib, args: [10], expect: 55 },
  { title: '5 two functions that call each other', fn: evenOdd(), args: [7], expect: false },
];
