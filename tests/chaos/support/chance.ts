import fc from 'fast-check';

/** What this run draws from, `GRID_CHAOS_SEED` or any; printed, so that the same can be drawn again. */
const SEED = Number(process.env['GRID_CHAOS_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

/** How long a storm lasts, in milliseconds. */
export const STORM_MS = Number(process.env['GRID_CHAOS_SECONDS'] ?? 15) * 1000;

process.stderr.write(`chaos: seed ${String(SEED)}, again with: pnpm chaos --seed ${String(SEED)}\n`);

/** Draws the `index`-th thing of a kind. The same seed draws the same. */
export function draw<T>(kind: fc.Arbitrary<T>, index = 0): T {
  const [drawn] = fc.sample(kind, { seed: SEED + index, numRuns: 1 });
  return drawn as T;
}
