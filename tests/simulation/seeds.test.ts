import { expect, it } from '@jest/globals';

import { simulate } from './support/simulation.js';

const SEEDS = 300;
const SHARDS = 2;

it(`keeps every promise in ${String(SEEDS)} worlds`, async () => {
  const count = SEEDS / SHARDS;
  const runs = await Promise.all(
    Array.from({ length: SHARDS }, (_, shard) =>
      simulate('--seed', String(1 + shard * count), '--count', String(count), '--quiet'),
    ),
  );
  for (const { isGreen, output } of runs) expect({ isGreen, output }).toEqual({ isGreen: true, output });
}, 600_000);
