import { describe, expect, it } from '@jest/globals';
import { until } from '@grid/integration-tests/support/until.js';
import { isAlive } from '@grid/integration-tests/support/processes.js';

import { Arena } from './support/arena.js';
import { draw, STORM_MS } from './support/chance.js';
import { faults, strike } from './support/faults.js';
import { sizeOf } from './support/leak-check.js';
import { collect, mixedGraph, submitGraph } from './support/mixed-graph.js';

const WORKERS = 3;
/** How long a round may take on a machine that does other things as well. */
const ROUND_MS = 40_000;

describe('a storm', () => {
  it(
    'of kills, stops, deadly tasks, workers that come and go changes no result, and leaves nothing behind',
    async () => {
      await using arena = await Arena.open({ nWorkers: WORKERS });
      const endsAt = performance.now() + STORM_MS;
      let round = 0;
      for (; performance.now() < endsAt; round += 1) {
        const graph = submitGraph(arena.client, draw(mixedGraph, round));
        const all = draw(faults, round);
        const told = `round ${String(round)}: ${JSON.stringify(all)}`;
        const [results] = await Promise.all([
          collect(arena.client, graph, ROUND_MS),
          ...all.map((fault) => strike(arena, fault)),
        ]).catch((cause: unknown) => {
          throw new Error(told, { cause });
        });
        expect({ told, results }).toEqual({ told, results: graph.expected });
        await arena.cluster.scale(WORKERS);
        await arena.expectNoTasks();
      }
      process.stderr.write(`chaos: ${String(round)} rounds of a storm\n`);
      await until('all workers live', () => arena.pids.length === WORKERS && arena.pids.every(isAlive));
      await until('what is left of threads is what they work with', () =>
        arena.pids.every((pid) => sizeOf(pid).threads <= 16),
      );
      await arena.expectCleanEnd();
    },
    STORM_MS + 2 * ROUND_MS,
  );
});
