import assert from 'node:assert';

import type { Key } from '@grid/common';
import type { TaskGraph } from '@grid/graph';

import type { Session } from '../workload.js';
import { openGrid } from './open-grid.js';
import { settle } from './settle.js';
import { warmUp } from './warm-up.js';

/** A graph, the one task whose result is wanted, and that result. */
export interface GraphCase {
  readonly graph: TaskGraph;
  readonly key: Key;
  readonly expected: number;
}

/** Seconds of `compute` of a graph that is made anew for each sample; making it is not timed. */
export function openGraph(
  make: (size: number, run: number) => GraphCase,
  size: number,
  warm: number,
): Promise<Session> {
  let runs = 0;
  return openGrid(async (client) => {
    async function run(n: number): Promise<number> {
      runs += 1;
      const { graph, key, expected } = make(n, runs);
      const start = performance.now();
      const [result] = await client.compute(graph, [key]);
      const seconds = (performance.now() - start) / 1000;
      assert.strictEqual(result, expected);
      await settle(client, []);
      return seconds;
    }
    await warmUp(() => run(warm));
    return () => run(size);
  });
}
