import assert from 'node:assert';

import { openGrid } from '../grid/open-grid.js';
import { settle } from '../grid/settle.js';
import { workerAddresses } from '../grid/worker-addresses.js';
import { nap } from '../tasks.js';
import type { Workload } from '../workload.js';

const TASKS = 10_000;
const WORKERS = 2;
const NAP_S = 0.01;
const LIMIT_MS = 30_000;

/**
 * Seconds over the ideal of 10 000 naps of 10 ms, when one of the two workers is killed while they run. The ideal counts
 * what has to be done again, since it was on that worker alone.
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
          const start = performance.now();
          const naps = client.map(
            nap,
            Array.from({ length: TASKS }, (_, i) => i),
            { pure: false },
          );
          await client.wait(naps.slice(0, TASKS / 4), { returnWhen: 'ALL_COMPLETED' });
          const held = await client.hasWhat();
          const [[address, pid]] = Object.entries(await client.run(() => process.pid)) as [[string, number]];
          process.kill(pid, 'SIGKILL');
          const results = await client.gather(naps);
          assert.strictEqual(
            results.reduce((sum, i) => sum + i, 0),
            (TASKS * (TASKS - 1)) / 2,
          );
          const seconds = (performance.now() - start) / 1000;
          const again = held[address]?.length ?? 0;
          await settle(client, naps);
          return seconds - ((TASKS + again) * NAP_S) / WORKERS;
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
