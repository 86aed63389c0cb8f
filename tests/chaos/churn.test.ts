import { until } from '@grid/integration-tests/support/until.js';
import { isAlive } from '@grid/integration-tests/support/processes.js';
import { describe, expect, it } from '@jest/globals';

import { Arena } from './support/arena.js';
import { draw } from './support/chance.js';
import { collect, mixedGraph, submitGraph } from './support/mixed-graph.js';
import { sizeOf } from './support/leak-check.js';

const SECONDS = 6;

/** Waits for the end of the current second, counted from `begin`. */
async function nextSecond(begin: number, second: number): Promise<void> {
  const ms = begin + second * 1000 - performance.now();
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
}

describe('a worker that joins and one that leaves every second', () => {
  it('by turns in order and without a word, change no result and leave nothing behind', async () => {
    await using arena = await Arena.open({ nWorkers: 3, nanny: false });
    const begin = performance.now();
    for (let second = 1; second <= SECONDS; second += 1) {
      const graph = submitGraph(arena.client, draw(mixedGraph, second));
      const [oldest = ['', { pid: null }]] = arena.cluster.workers;
      const pid = oldest[1].pid ?? 0;
      process.kill(pid, second % 2 === 0 ? 'SIGKILL' : 'SIGTERM');
      await until('it is gone', () => !isAlive(pid) && !arena.cluster.workers.has(oldest[0]));
      await arena.cluster.scale(3);
      expect(await collect(arena.client, graph, 30_000)).toEqual(graph.expected);
      await nextSecond(begin, second);
    }
    await arena.expectNoTasks();
    // Each lives on its lines to the scheduler and to each other, however many were there before them.
    const sockets = arena.pids.map((pid) => sizeOf(pid).sockets);
    expect(Math.max(...sockets) - Math.min(...sockets)).toBeLessThanOrEqual(2 * arena.pids.length);
    await arena.expectCleanEnd();
  });
});
