import { Client } from '@grid/client';

import { openDask } from '../dask/dask-session.js';
import type { Python } from '../dask/python.js';
import { startScheduler } from '../grid/scheduler-process.js';
import { inc } from '../tasks.js';
import type { Workload } from '../workload.js';

const TASKS = 1_000_000;
const DASK_TASKS = 100_000;
const WARM_TASKS = 1000;
const TARGET = { kind: 'at-most', figure: 500 } as const;

/** What a task that waits for a worker costs the scheduler. */
export function pendingTasks(python: Python): Workload {
  return {
    name: 'pending-tasks-1m',
    unit: 'B/task',
    moreIsBetter: false,
    samples: 3,
    target: TARGET,
    grid: async () => ({ sample: bytesPerPendingTask, [Symbol.asyncDispose]: async () => undefined }),
    peers: [
      {
        label: 'Dask',
        target: TARGET,
        note: `Grid: heap after a full collection, at ${TASKS.toLocaleString('en-US')} tasks; Dask: resident memory, at ${DASK_TASKS.toLocaleString('en-US')}`,
        open: () => openDask(python, 'pending_tasks.py', [DASK_TASKS]),
      },
    ],
  };
}

async function bytesPerPendingTask(): Promise<number> {
  await using scheduler = await startScheduler();
  await using client = await Client.connect(scheduler.address, { token: null });
  // The first tasks load code and make tables that do not grow with the number of tasks.
  const warm = client.map(
    inc,
    Array.from({ length: WARM_TASKS }, (_, i) => i),
    { pure: false },
  );
  await client.schedulerInfo();
  const before = await scheduler.heapUsed();
  const futures = client.map(
    inc,
    Array.from({ length: TASKS }, (_, i) => i),
    { pure: false },
  );
  // Answered after the graph, which came first on the same line.
  await client.schedulerInfo();
  const after = await scheduler.heapUsed();
  for (const future of [...warm, ...futures]) future.release();
  return (after - before) / TASKS;
}
