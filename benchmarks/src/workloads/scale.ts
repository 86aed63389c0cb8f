import assert from 'node:assert';

import { Client } from '@grid/client';
import { GraphBuilder } from '@grid/graph';

import { startManyWorkers } from '../grid/many-workers.js';
import { openGrid } from '../grid/open-grid.js';
import { cpuSeconds } from '../grid/process-stats.js';
import { startScheduler } from '../grid/scheduler-process.js';
import { settle } from '../grid/settle.js';
import { warmUp } from '../grid/warm-up.js';
import { inc, sumOfList } from '../tasks.js';
import type { Session, Workload } from '../workload.js';

const MILLION = 1_000_000;
const FEW = 10_000;
const MANY = 100_000;
const FEW_WORKERS = 2;
const MANY_WORKERS = 500;
const WIDE = 10_000;
const READERS = 20;

/** What happens to the cost of a task when there are many of them, or of workers, or of dependencies. */
export function scale(): Workload[] {
  return [
    {
      name: 'scale-intake-1m',
      unit: 'tasks/s',
      moreIsBetter: true,
      samples: 5,
      target: { kind: 'at-least', figure: 200_000 },
      grid: async () => ({ sample: intakeRate, [Symbol.asyncDispose]: async () => undefined }),
      peers: [],
    },
    {
      name: 'scale-run-1m',
      unit: 'tasks/s',
      moreIsBetter: true,
      samples: 3,
      grid: () => openGrid(async (client) => () => rateOf(client, MILLION)),
      peers: [],
    },
    {
      name: 'scale-tasks-100k-over-10k',
      unit: 'times',
      moreIsBetter: true,
      samples: 5,
      target: { kind: 'at-least', figure: 0.75 },
      grid: openFlatness,
      peers: [],
    },
    {
      name: 'scale-workers-500-over-2',
      unit: 'times',
      moreIsBetter: false,
      samples: 3,
      target: { kind: 'at-most', figure: 1.4 },
      grid: async () => ({
        sample: async () => (await schedulerCpu(MANY_WORKERS)) / (await schedulerCpu(FEW_WORKERS)),
        [Symbol.asyncDispose]: async () => undefined,
      }),
      peers: [],
    },
    {
      name: 'scale-dependencies-10k',
      unit: 's',
      moreIsBetter: false,
      samples: 5,
      grid: openWide,
      peers: [],
    },
  ];
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/** Tasks a second that the scheduler takes while there is no worker, the client's part included. */
async function intakeRate(): Promise<number> {
  await using scheduler = await startScheduler();
  await using client = await Client.connect(scheduler.address, { token: null });
  for (const future of client.map(inc, numbers(MANY), { pure: false })) future.release();
  await client.schedulerInfo();
  const items = numbers(MILLION);
  const start = performance.now();
  const futures = client.map(inc, items, { pure: false });
  // Answered after the graph, which came first on the same line.
  await client.schedulerInfo();
  const seconds = (performance.now() - start) / 1000;
  for (const future of futures) future.release();
  return MILLION / seconds;
}

/** Tasks a second from the call of `map` until the last result is here. */
async function rateOf(client: Client, count: number): Promise<number> {
  const items = numbers(count);
  const start = performance.now();
  const futures = client.map(inc, items, { pure: false });
  const results = await client.gather(futures);
  const seconds = (performance.now() - start) / 1000;
  assert.strictEqual(results.at(-1), count);
  await settle(client, futures);
  return count / seconds;
}

/** How many times as many tasks a second there are with 100 000 tasks as with 10 000. */
function openFlatness(): Promise<Session> {
  return openGrid(async (client) => {
    await warmUp(() => rateOf(client, FEW));
    return async () => {
      const few = await rateOf(client, FEW);
      return (await rateOf(client, MANY)) / few;
    };
  });
}

/** CPU microseconds that a trivial task costs the scheduler's process with so many workers. */
async function schedulerCpu(workers: number): Promise<number> {
  await using scheduler = await startScheduler();
  await using _processes = await startManyWorkers(scheduler.address, workers);
  await using client = await Client.connect(scheduler.address, { token: null });
  await client.waitForWorkers(workers);
  async function sample(): Promise<number> {
    const before = await cpuSeconds(scheduler.pid);
    const futures = client.map(inc, numbers(MANY), { pure: false });
    await client.wait(futures);
    const used = (await cpuSeconds(scheduler.pid)) - before;
    await settle(client, futures);
    return (used / MANY) * 1e6;
  }
  // The second finds the code compiled, and each worker knows the function.
  await sample();
  return await sample();
}

/** Seconds of 20 tasks that read 10 000 results each. */
function openWide(): Promise<Session> {
  return openGrid(async (client) => {
    let runs = 0;
    async function sample(): Promise<number> {
      runs += 1;
      const builder = new GraphBuilder();
      const parts = numbers(WIDE).map((i) => builder.call(`part-${runs}-${i}`, inc, [i]));
      const sums = numbers(READERS).map((i) => builder.call(`sum-${runs}-${i}`, sumOfList, [parts]));
      const graph = builder.build();
      const start = performance.now();
      const results = await client.compute(
        graph,
        sums.map(({ key }) => key),
      );
      const seconds = (performance.now() - start) / 1000;
      assert.strictEqual(results[0], (WIDE * (WIDE + 1)) / 2);
      await settle(client, []);
      return seconds;
    }
    await warmUp(sample);
    return sample;
  });
}
