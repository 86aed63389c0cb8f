import { expect } from '@jest/globals';
import fc from 'fast-check';

/** `GRID_FUZZ_RUNS=1000000` for a long run. */
const RUNS = Number(process.env['GRID_FUZZ_RUNS'] ?? 25_000);

/** `GRID_FUZZ_SEED=7` for other inputs than the usual ones; a failure prints how to repeat it. */
const SEED = Number(process.env['GRID_FUZZ_SEED'] ?? 1);

/** No input may keep a process longer than this. Generous, since the machine may be busy. */
const SLOWEST_MS = 2000;

/** Feeds arbitrary inputs to something that must neither fail in a way of its own nor take long. */
export function fuzz<T>(inputs: fc.Arbitrary<T>, feed: (input: T) => void): void {
  let slowest = 0;
  const property = fc.property(inputs, (input) => {
    const start = performance.now();
    feed(input);
    slowest = Math.max(slowest, performance.now() - start);
  });
  fc.assert(property, { numRuns: RUNS, seed: SEED });
  expect(slowest).toBeLessThan(SLOWEST_MS);
}

/** One of several byte strings, with some bytes changed, parts moved, or its end cut off. */
export function mutated(
  samples: readonly Uint8Array[],
): fc.Arbitrary<{ readonly bytes: Uint8Array; readonly sample: number }> {
  const byte = fc.oneof(
    fc.integer({ min: 0, max: 255 }),
    fc.integer({ min: 0, max: 0x2c }),
    fc.constantFrom(0x7f, 0xff),
  );
  return fc
    .record({
      sample: fc.nat(samples.length - 1),
      edits: fc.array(fc.tuple(fc.nat(), byte), { maxLength: 4 }),
      move: fc.option(fc.tuple(fc.nat(), fc.nat(), fc.nat(32)), { freq: 4 }),
      cut: fc.option(fc.nat(), { freq: 5 }),
    })
    .map(({ sample, edits, move, cut }) => {
      const original = samples[sample] as Uint8Array;
      const bytes = cut === null ? original.slice() : original.slice(0, cut % original.length);
      if (bytes.length === 0) return { bytes, sample };
      for (const [at, value] of edits) bytes[at % bytes.length] = value;
      if (move !== null) {
        const [from, to, length] = move;
        bytes.copyWithin(to % bytes.length, from % bytes.length, (from % bytes.length) + length);
      }
      return { bytes, sample };
    });
}
