import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isGridError } from '@grid/common';
import { ClassIdentities, decodeValue, encodeValue, FunctionDecoder, FunctionEncoder } from '../../src/index.js';
import { Programs } from './programs.js';

const encoder = new FunctionEncoder();
afterAll(() => encoder.close());

/** What a process restores which knows no class of this one. */
function elsewhere(): FunctionDecoder {
  return new FunctionDecoder({ root: process.cwd(), identities: new ClassIdentities() });
}

async function sent<T>(value: T): Promise<T> {
  const decoder = elsewhere();
  const payload = encodeValue(value, { code: encoder });
  await decoder.prepare(payload);
  return decodeValue(payload, { code: decoder }) as T;
}

async function sentFunction<T>(fn: () => T): Promise<() => T> {
  return (await elsewhere().load(encoder.capture(fn))) as () => T;
}

interface Counter {
  inc(this: void): number;
  get(this: void): number;
}

function makeCounter(): Counter {
  let n = 0;
  return { inc: () => ++n, get: () => n };
}

let moduleTotal = 0;
const addToTotal = (x: number): void => void (moduleTotal += x);
const readTotal = (): number => moduleTotal;

describe('functions that were made around one variable share it on the other side', () => {
  test('whichever of them is met first', async () => {
    const { inc, get } = makeCounter();
    const [read, write] = await sent([get, inc] as const);
    write();
    expect([write(), read()]).toEqual([2, 2]);
  });

  test('through an object that holds both', async () => {
    const counter = makeCounter();
    counter.inc();
    const run = await sentFunction(() => [counter.inc(), counter.get()]);
    expect(run()).toEqual([2, 2]);
    expect(counter.get()).toBe(1);
  });

  test('across the arguments of one call', async () => {
    const counter = makeCounter();
    const [first, , second] = await sent([
      counter.get,
      { other: 1 },
      [{ deep: new Map([['inc', counter.inc]]) }],
    ] as const);
    second[0].deep.get('inc')?.();
    expect(first()).toBe(1);
  });

  test('with the variables of the function that is sent', async () => {
    let total = 5;
    const add = (x: number): void => void (total += x);
    const run = await sentFunction(() => {
      add(2);
      return total;
    });
    expect([run(), run(), total]).toEqual([7, 9, 5]);
  });

  test('where it is a variable of the module', async () => {
    addToTotal(1);
    const run = await sentFunction(() => {
      addToTotal(10);
      return readTotal() - moduleTotal;
    });
    expect(run()).toBe(0);
    expect(moduleTotal).toBe(1);
  });

  test('in blocks inside each other, each variable with those that see it', async () => {
    function make(): { add(k: number): void; scale(): void; read(): readonly number[] }[] {
      let sum = 0;
      return [1, 2].map((factor) => {
        let calls = 0;
        return {
          add: (k) => {
            sum += k;
            calls++;
          },
          scale: () => void (sum *= factor),
          read: () => [sum, calls, factor],
        };
      });
    }
    const [one, two] = await sent(make());
    one?.add(3);
    two?.add(4);
    two?.scale();
    expect([one?.read(), two?.read()]).toEqual([
      [14, 1, 1],
      [14, 1, 2],
    ]);
  });

  test('variables of one name in two blocks stay two', async () => {
    function make(): (() => number)[] {
      let n = 1;
      const all: (() => number)[] = [];
      {
        const k = 10;
        all.push(() => (n += k));
      }
      {
        const k = 100;
        all.push(() => (n += k));
      }
      return all;
    }
    const [ten, hundred] = await sent(make());
    expect([ten?.(), hundred?.(), ten?.()]).toEqual([11, 111, 121]);
  });

  test('closures of one loop share what is around the loop', async () => {
    let total = 0;
    const adders: (() => number)[] = [];
    for (let i = 1; i <= 3; i++) adders.push(() => (total += i));
    const [one, two, three] = await sent(adders);
    expect([one?.(), two?.(), three?.(), one?.()]).toEqual([1, 3, 6, 7]);
  });

  test('methods of classes share them with functions', async () => {
    let made = 0;
    class Item {
      readonly id = ++made;
    }
    const count = (): number => made;
    const run = await sentFunction(() => [new Item().id, new Item().id, count()]);
    expect(run()).toEqual([1, 2, 2]);
  });
});

describe('functions that were made around different variables do not share them', () => {
  test('two counters of one factory, with equal values', async () => {
    const [a, b] = await sent([makeCounter(), makeCounter()]);
    a?.inc();
    expect([a?.get(), b?.get()]).toEqual([1, 0]);
  });

  test('functions of one place in the program', async () => {
    const counters = ['a', 'b', 'c'].map(() => {
      let n = 0;
      return () => ++n;
    });
    const [a, b, c] = await sent(counters);
    expect([a?.(), a?.(), b?.(), c?.()]).toEqual([1, 2, 1, 1]);
  });

  test('two factories that look alike', async () => {
    const other = (): Counter => {
      let n = 0;
      return { inc: () => ++n, get: () => n };
    };
    const [a, b] = await sent([makeCounter(), other()]);
    a?.inc();
    expect([a?.get(), b?.get()]).toEqual([1, 0]);
  });

  test('unless it cannot be told which are which: that is refused', () => {
    const [a, b] = [makeCounter(), makeCounter()];
    expect(() => encodeValue([a.inc, b.inc, a.get], { code: encoder })).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ reason: 'SHARED' }) }),
    );
    b.inc();
    expect(() => encodeValue([a.inc, b.inc, a.get], { code: encoder })).not.toThrow();
  });
});

test('what is shared does not depend on what was captured before', () => {
  const hashes = [1, 2, 3].map(() => {
    const fresh = new FunctionEncoder();
    try {
      const { inc, get } = makeCounter();
      const run = (): number => inc() + get();
      return [fresh.capture(run).hash, fresh.capture(run).hash];
    } finally {
      fresh.close();
    }
  });
  expect(new Set(hashes.flat()).size).toBe(1);
});

test('what was restored shares as before when it is captured once more, and scopes with equal values stay apart', async () => {
  const restored = await sent([makeCounter(), makeCounter()] as const);
  const [one, other] = await sent(await sent(restored));
  one.inc();
  expect([one.inc(), one.get(), other.get()]).toEqual([2, 2, 0]);
  // In whatever order they are met.
  const { a, b } = await sent({
    a: [restored[1].get, restored[0].inc],
    b: [restored[0].get, restored[1].inc],
  } as const);
  a[1]();
  expect([a[0](), b[0]()]).toEqual([0, 1]);
});

test('an argument that a capture refuses is still refused when the value is written a second time', () => {
  const { inc, get } = makeCounter();
  const bad = (): unknown => [inc, get, Promise.resolve];
  const held = Promise.resolve();
  try {
    encodeValue([get, inc, () => [bad, held]], { code: encoder });
  } catch (error) {
    expect(isGridError(error, 'GRID_PROTOCOL_CAPTURE')).toBe(true);
    return;
  }
  throw new Error('it was captured');
});

describe('programs', () => {
  let programs: Programs;
  beforeAll(async () => {
    programs = await Programs.build();
  }, 60_000);
  afterAll(() => programs[Symbol.asyncDispose]());

  const HELPERS = {
    esm: `let calls = 0; export function inc() { return ++calls } export const get = () => calls;
      export function makeCounter() { let n = 0; return { inc: () => ++n, get: () => n } }`,
    cjs: `let calls = 0; function inc() { return ++calls } const get = () => calls;
      function makeCounter() { let n = 0; return { inc: () => ++n, get: () => n } }
      module.exports = { inc, get, makeCounter };`,
    // As a transpiler writes it: other modules read the variable through the exports.
    transpiled: `"use strict"; Object.defineProperty(exports, "__esModule", { value: true });
      exports.calls = 0; exports.get = exports.inc = void 0; exports.makeCounter = makeCounter;
      const inc = () => ++exports.calls; exports.inc = inc; const get = () => exports.calls; exports.get = get;
      function makeCounter() { let n = 0; return { inc: () => ++n, get: () => n } }`,
  };
  const SEND = {
    esm: "import { inc, get, makeCounter } from './helpers.mjs';",
    cjs: "const { inc, get, makeCounter } = require('./helpers.cjs');",
    transpiled: '"use strict"; const { inc, get, makeCounter } = require("./helpers.cjs");',
  };

  test.each(['esm', 'cjs', 'transpiled'] as const)('state of modules and of closures is shared: %s', async (kind) => {
    const extension = kind === 'esm' ? 'mjs' : 'cjs';
    const exported = kind === 'esm' ? 'export const fn =' : 'exports.fn =';
    const world = await programs.write({
      [`helpers.${extension}`]: HELPERS[kind],
      [`send.${extension}`]: `${SEND[kind]} const counter = makeCounter(); const other = makeCounter();
        ${exported} () => { inc(); inc(); counter.inc(); return [get(), counter.get(), other.get()] };`,
    });
    const outcome = await programs.run(
      world,
      'main.mjs',
      `
      const { fn } = await import('./send.${extension}');
      const encoder = new lib.FunctionEncoder();
      const hashes = [encoder.capture(fn).hash, encoder.capture(fn).hash, encoder.capture(fn).hash];
      const run = await new lib.FunctionDecoder({ root: '/' }).load(encoder.capture(fn));
      return [run(), run(), new Set(hashes).size];`,
    );
    expect(outcome).toEqual([[2, 1, 0], [4, 2, 0], 1]);
  });
});
