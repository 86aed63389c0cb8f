import { expect, it } from '@jest/globals';

import { seedLines, simulate } from './support/simulation.js';

it('runs a world in the same way each time, down to the last event', async () => {
  // Seeds that no other test runs, so that this one says something of its own.
  const args = ['--seed', '100001', '--count', '25'];
  const [first, second] = await Promise.all([simulate(...args), simulate(...args)]);
  expect(seedLines(first)).toHaveLength(25);
  expect(seedLines(second)).toEqual(seedLines(first));
}, 120_000);

it('draws other worlds from other seeds', async () => {
  const lines = seedLines(await simulate('--seed', '100030', '--count', '5'));
  expect(new Set(lines.map((line) => line.split(' ')[2])).size).toBe(5);
}, 60_000);
