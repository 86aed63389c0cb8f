import type { Actor } from '@grid/client';

import { openDask } from '../dask/dask-session.js';
import type { Python } from '../dask/python.js';
import { openGrid } from '../grid/open-grid.js';
import { warmUp } from '../grid/warm-up.js';
import type { Workload } from '../workload.js';

const CALLS = 1000;

class Counter {
  n = 0;

  inc(): number {
    this.n += 1;
    return this.n;
  }
}

/** How the calls are made, and how many times as many a second there are to be as with Dask. */
const KINDS = [
  { kind: 'sync', factor: 4, calls: oneByOne },
  { kind: 'pipelined', factor: 20, calls: allAtOnce },
] as const;

/** Calls of one actor: each after the answer to the one before, or a thousand at a time. */
export function actors(python: Python): Workload[] {
  return KINDS.map(({ kind, factor, calls }) => ({
    name: `actor-calls-${kind}`,
    unit: 'calls/s',
    moreIsBetter: true,
    samples: 5,
    grid: () =>
      openGrid(async (client) => {
        const counter = await client.submit(Counter, [], { actor: true }).result();
        await warmUp(async () => void (await counter.inc()));
        return async () => {
          const start = performance.now();
          await calls(counter);
          return (CALLS / (performance.now() - start)) * 1000;
        };
      }),
    peers: [
      {
        label: 'Dask',
        target: { kind: 'times-better', factor },
        open: () => openDask(python, 'actors.py', [kind, CALLS]),
      },
    ],
  }));
}

async function oneByOne(counter: Actor<Counter>): Promise<void> {
  for (let i = 0; i < CALLS; i += 1) await counter.inc();
}

async function allAtOnce(counter: Actor<Counter>): Promise<void> {
  await Promise.all(Array.from({ length: CALLS }, () => counter.inc()));
}
