import assert from 'node:assert';

import { openDask } from '../dask/dask-session.js';
import type { Python } from '../dask/python.js';
import { openGrid } from '../grid/open-grid.js';
import { cpuSeconds } from '../grid/process-stats.js';
import { settle } from '../grid/settle.js';
import { inc } from '../tasks.js';
import type { Workload } from '../workload.js';

const TASKS = 100_000;
const DASK_TASKS = 10_000;

/** CPU time that a task which does nothing costs the scheduler's process, from `map` until all are done. */
export function schedulerCpu(python: Python): Workload {
  return {
    name: 'scheduler-cpu',
    unit: 'us/task',
    moreIsBetter: false,
    samples: 5,
    target: { kind: 'at-most', figure: 15 },
    grid: () =>
      openGrid(async (client, { schedulerPid }) => {
        assert(schedulerPid !== undefined, 'no process of the scheduler');
        async function sample(): Promise<number> {
          const before = await cpuSeconds(schedulerPid!);
          const futures = client.map(
            inc,
            Array.from({ length: TASKS }, (_, i) => i),
            { pure: false },
          );
          await client.wait(futures);
          const used = (await cpuSeconds(schedulerPid!)) - before;
          await settle(client, futures);
          return (used / TASKS) * 1e6;
        }
        await sample();
        return sample;
      }),
    peers: [
      {
        label: 'Dask, saturation inf',
        target: { kind: 'at-most', figure: 15 },
        note: `Dask at ${DASK_TASKS.toLocaleString('en-US')} tasks`,
        open: () => openDask(python, 'scheduler_cpu.py', [DASK_TASKS, 'inf']),
      },
    ],
  };
}
