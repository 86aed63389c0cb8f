import { Event, Lock, Queue, Semaphore, Variable } from '@grid/client';

import { openDask } from '../dask/dask-session.js';
import type { Python } from '../dask/python.js';
import { openGrid } from '../grid/open-grid.js';
import { warmUp } from '../grid/warm-up.js';
import { median } from '../runner/median.js';
import type { Workload } from '../workload.js';

const ROUNDS = 500;

/** What is done in a round, on one side and on the other. */
const ROUND_KINDS = ['lock', 'semaphore', 'queue', 'variable', 'event'] as const;
type RoundKind = (typeof ROUND_KINDS)[number];

/** A client that locks, puts and gets, one round after the other: acquire and release, put and get, set and get, set, wait and clear. */
export function coordination(python: Python): Workload[] {
  return ROUND_KINDS.map((kind) => ({
    name: `coordination-${kind}`,
    unit: 'us',
    moreIsBetter: false,
    samples: 5,
    grid: () =>
      openGrid(async () => {
        const round = rounds()[kind];
        async function one(): Promise<number> {
          const start = performance.now();
          await round();
          return (performance.now() - start) * 1000;
        }
        await warmUp(one);
        return async () => {
          const times: number[] = [];
          for (let i = 0; i < ROUNDS; i += 1) times.push(await one());
          return median(times);
        };
      }),
    peers: [
      {
        label: 'Dask',
        target: { kind: 'times-better', factor: 5 },
        open: () => openDask(python, 'coordination.py', [kind, ROUNDS]),
      },
    ],
  }));
}

function rounds(): Record<RoundKind, () => Promise<void>> {
  const lock = new Lock('bench');
  const semaphore = new Semaphore(2, 'bench-semaphore');
  const queue = new Queue<number>('bench');
  const variable = new Variable<number>('bench');
  const event = new Event('bench');
  return {
    lock: async () => (await lock.acquire()).release(),
    semaphore: async () => (await semaphore.acquire()).release(),
    async queue() {
      await queue.put(1);
      await queue.get();
    },
    async variable() {
      await variable.set(1);
      await variable.get();
    },
    async event() {
      await event.set();
      await event.wait();
      await event.clear();
    },
  };
}
