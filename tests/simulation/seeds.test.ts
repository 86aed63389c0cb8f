import { expect, it } from '@jest/globals';

import { IMPOSSIBLE, SELDOM, STATES } from './cells/cells.js';
import { cellsOf, simulate, type SimulationRun } from './support/simulation.js';

const SEEDS = 300;
const SHARDS = 2;

let runs: readonly SimulationRun[] = [];

it(`keeps every promise in ${String(SEEDS)} worlds`, async () => {
  const count = SEEDS / SHARDS;
  runs = await Promise.all(
    Array.from({ length: SHARDS }, (_, shard) =>
      simulate('--seed', String(1 + shard * count), '--count', String(count), '--quiet', '--coverage'),
    ),
  );
  for (const { isGreen, output } of runs) expect({ isGreen, output }).toEqual({ isGreen: true, output });
}, 600_000);

it('comes through everything that can happen in every state', () => {
  const seen = new Set(runs.flatMap(cellsOf));
  const impossible = new Set(
    IMPOSSIBLE.flatMap(({ events, states }) => events.flatMap((event) => states.map((state) => `${event} ${state}`))),
  );
  const seldom = new Set(
    Object.entries(SELDOM).flatMap(([event, states]) => states.map((state) => `${event} ${state}`)),
  );
  const events = new Set([...seen, ...impossible, ...seldom].map((cell) => cell.slice(0, cell.lastIndexOf(' '))));
  const all = [...events].flatMap((event) =>
    STATES[event.startsWith('scheduler') ? 'scheduler' : 'worker'].map((state) => `${event} ${state}`),
  );
  expect(all.filter((cell) => !seen.has(cell) && !impossible.has(cell) && !seldom.has(cell))).toEqual([]);
  expect([...impossible].filter((cell) => seen.has(cell))).toEqual([]);
  expect([...seen].filter((cell) => !all.includes(cell))).toEqual([]);
});
