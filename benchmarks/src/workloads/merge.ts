import { GraphBuilder } from '@grid/graph';

import { openDask } from '../dask/dask-session.js';
import type { Python } from '../dask/python.js';
import { openGraph } from '../grid/time-graph.js';
import type { GraphCase } from '../grid/time-graph.js';
import { timesTen, total } from '../tasks.js';
import type { Workload } from '../workload.js';

const TASKS = 25_000;

/** Many independent tasks and one that needs all of them. */
export function merge(python: Python): Workload {
  return {
    name: 'merge-25k',
    unit: 's',
    moreIsBetter: false,
    samples: 5,
    grid: () => openGraph(mergeGraph, TASKS, 500),
    peers: [
      {
        label: 'Dask, default',
        target: { kind: 'times-better', factor: 40 },
        samples: 1,
        note: 'one sample, as it takes over a minute',
        open: () => openDask(python, 'delayed_graph.py', ['merge', TASKS, 'default']),
      },
      {
        label: 'Dask, saturation inf',
        samples: 2,
        open: () => openDask(python, 'delayed_graph.py', ['merge', TASKS, 'inf']),
      },
    ],
  };
}

function mergeGraph(size: number, run: number): GraphCase {
  const builder = new GraphBuilder();
  const parts = Array.from({ length: size }, (_, i) => builder.call(`ten-${run}-${i}`, timesTen, [i]));
  const whole = builder.call(`total-${run}`, total, parts);
  return { graph: builder.build(), key: whole.key, expected: (10 * size * (size - 1)) / 2 };
}
