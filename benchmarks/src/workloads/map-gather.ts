import assert from 'node:assert';

import { openDask } from '../dask/dask-session.js';
import type { Python } from '../dask/python.js';
import { openGrid } from '../grid/open-grid.js';
import { settle } from '../grid/settle.js';
import { warmUp } from '../grid/warm-up.js';
import { inc } from '../tasks.js';
import type { Peer, Session, Workload } from '../workload.js';

const DEFAULT_TARGET = { kind: 'times-better', factor: 100 } as const;
const SATURATED_TARGET = { kind: 'times-better', factor: 30 } as const;
/** At its default Dask takes minutes for more, at the same rate. */
const DEFAULT_TASKS_MAX = 10_000;
const WARM_TASKS = 1000;

/** Tasks a second of `map` and `gather` of tasks that do nothing: what a task costs on all its way. */
export function mapGather(python: Python, tasks: number): Workload {
  return {
    name: `map-gather-${tasks / 1000}k`,
    unit: 'tasks/s',
    moreIsBetter: true,
    samples: 5,
    grid: () => openGridMap(tasks),
    peers: [atDefault(python, tasks), saturated(python, tasks)],
  };
}

function openGridMap(tasks: number): Promise<Session> {
  return openGrid(async (client) => {
    async function run(n: number): Promise<number> {
      const start = performance.now();
      const futures = client.map(
        inc,
        Array.from({ length: n }, (_, i) => i),
        { pure: false },
      );
      const results = await client.gather(futures);
      const seconds = (performance.now() - start) / 1000;
      assert.strictEqual(results.at(-1), n);
      await settle(client, futures);
      return n / seconds;
    }
    await warmUp(() => run(WARM_TASKS));
    return async () => {
      // The other side had the machine for a while: both begin a sample with code and connections in use.
      await run(WARM_TASKS);
      return run(tasks);
    };
  });
}

function atDefault(python: Python, tasks: number): Peer {
  const measured = Math.min(tasks, DEFAULT_TASKS_MAX);
  return {
    label: 'Dask, default',
    target: DEFAULT_TARGET,
    ...(measured < tasks
      ? { note: `Dask's rate is that of ${measured.toLocaleString('en-US')} tasks`, samples: 2 }
      : {}),
    open: () => openDask(python, 'map_gather.py', [measured, 'default']),
  };
}

function saturated(python: Python, tasks: number): Peer {
  return {
    label: 'Dask, saturation inf',
    target: SATURATED_TARGET,
    open: () => openDask(python, 'map_gather.py', [tasks, 'inf']),
  };
}
