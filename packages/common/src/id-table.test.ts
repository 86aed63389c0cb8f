import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { IdTable } from './id-table.js';

describe('IdTable', () => {
  it('does what a Map does, for numbers that are given once in rising order', () => {
    const step = fc.oneof(fc.record({ set: fc.integer({ min: 1, max: 5000 }) }), fc.record({ delete: fc.nat(20_000) }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const table = new IdTable<string>();
        const model = new Map<number, string>();
        let next = 0;
        for (const action of steps) {
          if ('set' in action) {
            next += action.set;
            table.set(next, String(next));
            model.set(next, String(next));
          } else {
            table.delete(action.delete);
            model.delete(action.delete);
          }
          expect(table.size).toBe(model.size);
        }
        expect([...table.entries()]).toEqual([...model.entries()]);
        const visited: string[] = [];
        let from = 0;
        do from = table.visit(from, 7, (value) => visited.push(value));
        while (from > 0);
        expect(visited).toEqual([...model.values()]);
        for (const id of [0, 1, next, next + 1, 2 ** 40]) expect(table.get(id)).toBe(model.get(id));
      }),
    );
  });
});
