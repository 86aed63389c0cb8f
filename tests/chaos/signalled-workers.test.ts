import { describe, expect, it } from '@jest/globals';
import { isAlive } from '@grid/integration-tests/support/processes.js';
import { note, Tally } from '@grid/integration-tests/support/tally.js';
import { TempFolder } from '@grid/integration-tests/support/temp-folder.js';
import { until } from '@grid/integration-tests/support/until.js';

import { Arena } from './support/arena.js';
import { draw } from './support/chance.js';
import { collect, mixedGraph, submitGraph } from './support/mixed-graph.js';

/** With workers that are given up as soon as may be: after ten heartbeats. */
const IMPATIENT = { workerTtl: '1s' };
const TTL_MS = 5000;

const squares = Array.from({ length: 60 }, (_, x) => x * x);

describe('workers that are killed', () => {
  it('one after the other change no result, and leave nothing behind', async () => {
    await using arena = await Arena.open({ nWorkers: 3 });
    const graph = submitGraph(arena.client, draw(mixedGraph));
    for (const name of ['0', '1', '2']) {
      const pid = arena.pid(name);
      process.kill(pid, 'SIGKILL');
      await until('the next one is there', () => isAlive(arena.pid(name)) && arena.pid(name) !== pid);
    }
    expect(await collect(arena.client, graph, 30_000)).toEqual(graph.expected);
    await arena.expectNoTasks();
    await arena.expectCleanEnd();
  });

  it('all at once change no result', async () => {
    await using arena = await Arena.open({ nWorkers: 3 });
    const graph = submitGraph(arena.client, draw(mixedGraph, 1));
    for (const pid of arena.pids) process.kill(pid, 'SIGKILL');
    expect(await collect(arena.client, graph, 30_000)).toEqual(graph.expected);
    await arena.expectNoTasks();
    await arena.expectCleanEnd();
  });
});

describe('a worker that is stopped', () => {
  it('for less than its time to live goes on where it was', async () => {
    await using arena = await Arena.open(IMPATIENT);
    using folder = new TempFolder();
    const tally = new Tally(folder.file('tally'));
    const before = arena.pids;
    const futures = arena.client.starmap(
      async (file: string, x: number) => {
        note(file, String(x));
        await new Promise((resolve) => setTimeout(resolve, 20));
        return x * x;
      },
      squares.map((_, x) => [tally.file, x] as const),
      { pure: false },
    );
    await until('something runs', () => tally.count > 0);
    process.kill(arena.pid('0'), 'SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    process.kill(arena.pid('0'), 'SIGCONT');
    expect(await arena.client.gather(futures, { timeout: 20_000 })).toEqual(squares);
    expect(arena.pids).toEqual(before);
    expect(new Set(tally.lines).size).toBe(tally.count);
    await arena.expectCleanEnd();
  });

  it('for longer is given up: others compute what it had, and its nanny has another one', async () => {
    await using arena = await Arena.open(IMPATIENT);
    const stopped = arena.pid('0');
    const futures = arena.client.map(
      async (x: number) => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        return x * x;
      },
      squares.map((_, x) => x),
      { pure: false },
    );
    process.kill(stopped, 'SIGSTOP');
    expect(await arena.client.gather(futures, { timeout: 4 * TTL_MS })).toEqual(squares);
    await until('another one is there', () => arena.pid('0') !== stopped && !isAlive(stopped));
    const pids = await arena.client.run(() => process.pid, []);
    expect(Object.values(pids).sort()).toEqual(arena.pids.sort());
    await arena.expectCleanEnd();
  });

  it('for longer, without a nanny, finds itself given up when it goes on, and leaves', async () => {
    await using arena = await Arena.open({ ...IMPATIENT, nanny: false });
    const stopped = arena.pid('0');
    const large = arena.client.submit((n: number) => new Float64Array(n).fill(7), [50_000], { workers: '0' });
    await large.result();
    large.release();
    const futures = arena.client.map(
      (x: number) => x * x,
      squares.map((_, x) => x),
      { pure: false },
    );
    process.kill(stopped, 'SIGSTOP');
    expect(await arena.client.gather(futures, { timeout: 4 * TTL_MS })).toEqual(squares);
    await until('it is given up', async () => {
      const { workers } = await arena.client.schedulerInfo();
      return Object.keys(workers).length === 1;
    });
    process.kill(stopped, 'SIGCONT');
    await until('it has left', () => !isAlive(stopped));
    expect(await arena.client.submit((x: number) => x + 1, [1]).result({ timeout: 5000 })).toBe(2);
    await arena.expectCleanEnd();
  });
});
