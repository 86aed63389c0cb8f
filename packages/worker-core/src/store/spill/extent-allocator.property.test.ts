import { expect, it } from '@jest/globals';
import fc from 'fast-check';

import { ExtentAllocator, type Extent } from './extent-allocator.js';

const SEGMENT = 100;
const SPARE = 250;

const arbitrarySteps = fc.array(
  fc.record({ isFree: fc.boolean(), pick: fc.nat(), length: fc.integer({ min: 1, max: 180 }) }),
  { maxLength: 200 },
);

it('never gives the same bytes twice, and counts what is in use', () => {
  fc.assert(
    fc.property(arbitrarySteps, (steps) => {
      const unused = new Set<number>();
      const allocator = new ExtentAllocator(
        { segmentBytes: SEGMENT, spareBytesMax: SPARE },
        { onUnused: (segment) => unused.add(segment) },
      );
      const live: Extent[] = [];
      for (const { isFree, pick, length } of steps) {
        if (isFree && live.length > 0) {
          const [extent] = live.splice(pick % live.length, 1) as [Extent];
          allocator.free(extent);
        } else {
          const extent = allocator.allocate(length);
          expect(extent.length).toBe(length);
          for (const { segment, offset, length: taken } of live) {
            if (segment !== extent.segment) continue;
            expect(extent.offset >= offset + taken || offset >= extent.offset + length).toBe(true);
          }
          live.push(extent);
        }
        // What was given up as unused must not be in use, neither then nor later.
        for (const { segment } of live) expect(unused.has(segment)).toBe(false);
        expect(allocator.usedBytes).toBe(live.reduce((sum, { length: bytes }) => sum + bytes, 0));
      }
    }),
  );
});

it('fills empty segments again before it opens new ones, and gives up those beyond its spare bytes', () => {
  const unused: number[] = [];
  const allocator = new ExtentAllocator(
    { segmentBytes: SEGMENT, spareBytesMax: SEGMENT },
    { onUnused: (segment) => unused.push(segment) },
  );
  const extents = [1, 2, 3, 4].map(() => allocator.allocate(SEGMENT));
  expect(extents.map(({ segment }) => segment)).toEqual([0, 1, 2, 3]);
  for (const extent of extents) allocator.free(extent);
  expect(unused).toHaveLength(2);
  const again = [1, 2].map(() => allocator.allocate(SEGMENT).segment);
  expect(again.every((segment) => segment < 4 && !unused.includes(segment))).toBe(true);
  expect(allocator.allocate(SEGMENT).segment).toBe(4);
});
