import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { ActivityTotals, type ActivityLabels } from './activity-totals.js';

const labels: fc.Arbitrary<ActivityLabels> = fc.record({
  span: fc.nat(2),
  context: fc.constantFrom('execute', 'spill'),
  prefix: fc.constantFrom('', 'load', 'sum'),
  activity: fc.constantFrom('network', 'a\nb', 'mine'),
  unit: fc.constantFrom('seconds', 'bytes', 'apples', 'pears'),
});

const sumOf = (rows: readonly { readonly value: number }[]): number => rows.reduce((sum, { value }) => sum + value, 0);

describe('ActivityTotals', () => {
  it('loses nothing, however few kinds it has room for', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(labels, fc.nat(1000))), fc.integer({ min: 0, max: 8 }), (given, kindsMax) => {
        const totals = new ActivityTotals(kindsMax);
        for (const [each, value] of given) totals.add(each, value);
        expect(sumOf(totals.rows())).toBe(sumOf(given.map(([, value]) => ({ value }))));
        // Besides those it has room for one `other` for each context and unit at most.
        expect(totals.size).toBeLessThanOrEqual(kindsMax + 2 * 3);
      }),
    );
  });

  it('sums up equal labels, and begins anew when they are taken', () => {
    const totals = new ActivityTotals();
    const read = { span: 0, context: 'spill', prefix: '', activity: 'disk-read', unit: 'bytes' };
    totals.add(read, 3);
    totals.add({ ...read }, 4);
    expect(totals.take()).toEqual([{ ...read, value: 7 }]);
    expect(totals.rows()).toEqual([]);
  });
});
