import { openDask } from '../dask/dask-session.js';
import type { Python } from '../dask/python.js';
import { openGrid } from '../grid/open-grid.js';
import { warmUp } from '../grid/warm-up.js';
import { median } from '../runner/median.js';
import { inc } from '../tasks.js';
import type { Workload } from '../workload.js';

const CALLS = 300;

/** From submit to result, one call after the other: what a person at a prompt waits for. */
export function submitResult(python: Python): Workload {
  return {
    name: 'submit-result',
    unit: 'ms',
    moreIsBetter: false,
    samples: 5,
    grid: () =>
      openGrid(async (client) => {
        async function one(i: number): Promise<number> {
          const start = performance.now();
          using future = client.submit(inc, [i], { pure: false });
          await future.result();
          return performance.now() - start;
        }
        await warmUp(() => one(0));
        return async () => {
          const times: number[] = [];
          for (let i = 0; i < CALLS; i += 1) times.push(await one(i));
          return median(times);
        };
      }),
    peers: [
      {
        label: 'Dask',
        target: { kind: 'times-better', factor: 20 },
        open: () => openDask(python, 'submit_result.py', [CALLS]),
      },
    ],
  };
}
