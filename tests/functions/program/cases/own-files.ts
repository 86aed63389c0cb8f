/* 6 to 8 and 13: the program's other files, and variables that several functions share. */
import type { Case } from '../case.js';
import * as helpers from '../own/helpers.js';
import { Color, double, viaMore } from '../own/helpers.js';
import third from '../own/third.cjs';
import half, { count, counted } from '../own/more-helpers.js';
import { place } from '../own/place.js';

interface Counter {
  readonly inc: () => number;
  readonly get: () => number;
}

function makeCounter(start: number): Counter {
  let n = start;
  return { inc: () => ++n, get: () => n };
}
const counter = makeCounter(0);
const otherCounter = makeCounter(10);
const twins = [makeCounter(5), makeCounter(5)] as const;

export const ownFiles: readonly Case[] = [
  { title: '6 helper of another file', fn: (x: number) => double(x), args: [3], expect: 6 },
  { title: '6 helper of a helper', fn: (x: number) => viaMore(x), args: [2], expect: 15 },
  { title: '6 default export', fn: (x: number) => half(x), args: [3], expect: 1.5 },
  {
    title: '6 namespace, of which something else cannot travel',
    fn: (x: number) => helpers.double(x) + helpers.viaMore(x),
    args: [4],
    expect: 37,
  },
  { title: '6 CommonJS file that is a function', fn: (x: number) => third(x), args: [9], expect: 3 },
  { title: '6 enum', fn: () => [Color.Red, Color.Green], expect: ['red', 'green'] },

  {
    title: '7 two functions share the state of their module',
    fn: () => {
      const before = counted();
      count();
      count();
      return counted() - before;
    },
    expect: 2,
  },

  {
    title: '8 two functions over one inner variable',
    fn: () => {
      const before = counter.get();
      counter.inc();
      counter.inc();
      return counter.get() - before;
    },
    expect: 2,
  },
  {
    title: '8 two pairs of such functions stay apart',
    fn: () => {
      counter.inc();
      otherCounter.inc();
      return otherCounter.get() - counter.get();
    },
    expect: 10,
  },
  {
    title: '8 pairs with equal values are told apart, or refused',
    fn: () => {
      twins[0].inc();
      return twins.map(({ get }) => get());
    },
    refused: 'SHARED',
    expect: [6, 5],
  },

  {
    title: '13 the place of a file is the one on the client',
    run: async ({ call, connection }) => {
      const found = (await call(() => place())) as string;
      if (found !== place() || !found.includes(connection.folder)) throw new Error(`the place is ${found}`);
    },
  },
];
