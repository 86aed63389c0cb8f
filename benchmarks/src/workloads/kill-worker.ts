import assert from 'node:assert';

import type { Future } from '@grid/client';

import { openGrid } from '../grid/open-grid.js';
import { settle } from '../grid/settle.js';
import { workerAddresses } from '../grid/worker-addresses.js';
import { nap } from '../tasks.js';
import type { Workload } from '../workload.js';

const TASKS = 10_000;
const WORKERS = 2;
const TRIAL_TASKS = 1000;
const LIMIT_MS = 30_000;

/**
 * Seconds over the ideal of 10 000 naps of 10 ms, when one of the two workers is killed while they run. The ideal counts
 * what has to be done again, since it was on that worker alone, and takes a nap to last as long as it does when nobody is
 * killed.
 */
export function killWorker(): Workload {
  return {
    name: 'kill-worker',
    unit: 's',
    moreIsBetter: false,
    samples: 1,
    target: { kind: 'at-most', figure: 2 },
    grid: () =>
      openGrid(async (client) => {
        async function sample(): Promise<number> {
          const napS = (await secondsOf(TRIAL_TASKS)) / TRIAL_TASKS;
          let again = 0;
          const seconds = await secondsOf(TASKS, async (naps) => {
            await client.wait(naps.slice(0, TASKS / 4));
            const held = await client.hasWhat();
            const [[address, pid]] = Object.entries(await client.run(() => process.pid)) as [[string, number]];
            process.kill(pid, 'SIGKILL');
            again = held[address]?.length ?? 0;
          });
          return seconds - (TASKS + again) * napS;
        }

        /** Of so many naps on all workers, and whatever is done while they run. */
        async function secondsOf(count: number, meanwhile = async (_naps: Future<number>[]) => {}): Promise<number> {
          const start = performance.now();
          const naps = client.map(
            nap,
            Array.from({ length: count }, (_, i) => i),
            { pure: false },
          );
          await meanwhile(naps);
          const results = await client.gather(naps);
          const seconds = (performance.now() - start) / 1000;
          assert.strictEqual(
            results.reduce((sum, i) => sum + i, 0),
            (count * (count - 1)) / 2,
          );
          await settle(client, naps);
          return seconds;
        }

        return sample;
      }),
    peers: [],
  };
}

/** From the kill of a worker to the moment in which its nanny's next one has registered. */
export function nannyBack(): Workload {
  return {
    name: 'nanny-back',
    unit: 's',
    moreIsBetter: false,
    samples: 5,
    target: { kind: 'at-most', figure: 0.5 },
    grid: () =>
      openGrid(async (client) => {
        return async () => {
          const [pid] = Object.values(await client.run(() => process.pid)) as [number];
          const before = await workerAddresses(client);
          const start = performance.now();
          process.kill(pid, 'SIGKILL');
          for (;;) {
            const now = Object.keys(await client.nthreads());
            const seconds = (performance.now() - start) / 1000;
            if (now.length === WORKERS && now.some((address) => !before.includes(address))) return seconds;
            assert(seconds * 1000 < LIMIT_MS, 'the nanny starts no worker');
            await new Promise((resolve) => setTimeout(resolve, 5));
          }
        };
      }),
    peers: [],
  };
}
