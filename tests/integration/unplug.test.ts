import { fileURLToPath } from 'node:url';

import { beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from '@grid/client';
import type { LocalCluster } from '@grid/deploy';

import { isAlive } from './support/processes.js';
import { Program } from './support/program.js';
import { startCluster } from './support/start-cluster.js';
import { until } from './support/until.js';

const DEMO = fileURLToPath(new URL('../../apps/examples/dist/flights/main.js', import.meta.url));
const EXAMPLES = fileURLToPath(new URL('../../apps/examples', import.meta.url));

/** Ten airports, 24 hours and ten routes. */
const FINDINGS = 44;

/** What happens to a cluster while the demo runs on it. */
type Mishap = (cluster: LocalCluster, tasksDone: (count: number) => Promise<void>) => Promise<void>;

/** Runs the demo on three workers, and returns what it found: its report without the line that says how long it took. */
async function runDemo(mishap: Mishap): Promise<string[]> {
  await using cluster = await startCluster({ nWorkers: 3, root: EXAMPLES, nanny: false });
  await using watcher = await Client.connect(cluster);
  await using demo = new Program(DEMO, ['--scheduler', cluster.schedulerAddress], { GRID_TOKEN: cluster.token });
  let isOver = false;
  void demo.exited.then(() => (isOver = true));
  await mishap(cluster, async (count) => {
    await until(`${String(count)} tasks are done`, async () => {
      const { tasks } = await watcher.schedulerInfo();
      return isOver || (tasks['memory'] ?? 0) >= count;
    });
  });
  const { code } = await demo.ends(25_000);
  if (code !== 0) throw new RangeError(`the demo ended with ${String(code)}:\n${demo.output}`);
  return demo.stdout.split('\n').filter((line) => /^ {2}\S/.test(line));
}

async function unplug(cluster: LocalCluster, name: string): Promise<void> {
  const pid = cluster.workers.get(name)?.pid ?? 0;
  process.kill(pid, 'SIGKILL');
  await until('the worker is gone', () => !isAlive(pid));
}

describe('the flights demo', () => {
  let expected: string[];

  beforeAll(async () => {
    expected = await runDemo(async () => {});
    expect(expected).toHaveLength(FINDINGS);
  });

  // Eleven tasks read, three merge, one merges the merged.
  it.each([0, 1, 12])('finds the same when a worker is unplugged once %p tasks are done', async (count) => {
    const found = await runDemo(async (cluster, tasksDone) => {
      await tasksDone(count);
      await unplug(cluster, '1');
    });
    expect(found).toEqual(expected);
  });

  it('finds the same when all workers but one are unplugged, one after the other', async () => {
    const found = await runDemo(async (cluster, tasksDone) => {
      await tasksDone(2);
      await unplug(cluster, '2');
      await tasksDone(8);
      await unplug(cluster, '0');
    });
    expect(found).toEqual(expected);
  });

  it('finds the same when all workers are unplugged and another one comes', async () => {
    const found = await runDemo(async (cluster, tasksDone) => {
      await tasksDone(3);
      await Promise.all(['0', '1', '2'].map((name) => unplug(cluster, name)));
      await until('the cluster has noticed', () => cluster.workers.size === 0);
      await cluster.scale(1);
    });
    expect(found).toEqual(expected);
  });
});
