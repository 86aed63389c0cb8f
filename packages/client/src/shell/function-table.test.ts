import { afterAll, describe, expect, it } from '@jest/globals';
import { FunctionEncoder, type CallableValue } from '@grid/protocol';

import { FunctionTable, type Introduction, type KnownFunction } from './function-table.js';

const encoder = new FunctionEncoder();
afterAll(() => encoder.close());

const adder = (k: unknown): CallableValue => {
  return (x: number) => [x, k];
};

function introduced(table: FunctionTable, fn: KnownFunction): { functions: number[]; units: number } {
  const into: Introduction = { functions: [], units: [] };
  table.introduce(fn, into);
  return { functions: into.functions.map(({ id }) => id), units: into.units.length };
}

describe('FunctionTable', () => {
  it('introduces each function once, and code that functions have in common once', () => {
    const table = new FunctionTable(encoder, () => undefined);
    const [one, two, again] = [adder(1), adder(2), adder(1)].map((fn) => table.capture(fn)) as [
      KnownFunction,
      KnownFunction,
      KnownFunction,
    ];
    expect(again).toBe(one);
    expect(introduced(table, one)).toEqual({ functions: [one.id], units: 1 });
    expect(introduced(table, two)).toEqual({ functions: [two.id], units: 0 });
    expect(introduced(table, one)).toEqual({ functions: [], units: 0 });
  });

  it('knows the function itself, as long as that is what was sent', () => {
    const table = new FunctionTable(encoder, () => undefined);
    let k = 1;
    const fn = (x: number): number => x + k;
    const { hash } = table.capture(fn);
    expect(table.originalOf(hash)).toBe(fn);
    k = 2;
    expect(table.originalOf(hash)).toBeUndefined();
    k = 1;
    expect(table.originalOf(hash)).toBe(fn);
    expect(table.originalOf('unknown')).toBeUndefined();
  });

  it('gives up functions that were not used for long, and introduces them anew with their code', () => {
    const table = new FunctionTable(encoder, () => undefined);
    const first = table.capture((x: number) => x * 3);
    introduced(table, first);
    const second = table.capture(adder(-1));
    introduced(table, second);
    let released: number[] = [];
    for (let i = 0; i < 1100; i++) {
      introduced(table, table.capture(adder(i)));
      if (table.isOverfull) released = [...released, ...table.trim()];
    }
    expect(table.size).toBe(1000);
    expect(released.slice(0, 3)).toEqual([first.id, second.id, second.id + 1]);
    const anew = table.capture((x: number) => x * 3);
    expect(anew.id).toBeGreaterThan(second.id);
    // Others still have the code of the second one; that of the first one went with it.
    expect([introduced(table, anew), introduced(table, table.capture(adder(-1)))]).toMatchObject([
      { units: 1 },
      { units: 0 },
    ]);
  });

  it('gives up functions that capture much, but keeps the one used last', () => {
    const table = new FunctionTable(encoder, () => undefined);
    const bulk = [1, 2, 3].map((n) => new Uint8Array(150 << 20).fill(n, 0, 8));
    const known = bulk.map((bytes) => table.capture(adder(bytes)));
    for (const fn of known) introduced(table, fn);
    expect(table.isOverfull).toBe(true);
    expect(table.trim()).toEqual([0, 1]);
    expect([table.size, table.isOverfull]).toEqual([1, false]);
  });
});
