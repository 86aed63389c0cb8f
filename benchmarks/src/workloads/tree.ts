import { GraphBuilder } from '@grid/graph';
import type { TaskRef } from '@grid/graph';

import { openDask } from '../dask/dask-session.js';
import type { Python } from '../dask/python.js';
import { openGraph } from '../grid/time-graph.js';
import type { GraphCase } from '../grid/time-graph.js';
import { add } from '../tasks.js';
import type { Workload } from '../workload.js';

const EXPONENT = 15;

/** A sum of 32 768 numbers by pairs: many tasks that wait for each other. */
export function tree(python: Python): Workload {
  return {
    name: 'tree-15',
    unit: 's',
    moreIsBetter: false,
    samples: 5,
    grid: () => openGraph(treeGraph, EXPONENT, EXPONENT),
    peers: [
      {
        label: 'Dask, delayed',
        target: { kind: 'times-better', factor: 40 },
        samples: 3,
        open: () => openDask(python, 'delayed_graph.py', ['tree', EXPONENT, 'default']),
      },
      {
        label: 'Dask, plain graph',
        target: { kind: 'times-better', factor: 40 },
        note: 'without the layer that this version makes of each delayed call',
        open: () => openDask(python, 'plain_tree.py', [EXPONENT]),
      },
    ],
  };
}

function treeGraph(exponent: number, run: number): GraphCase {
  const builder = new GraphBuilder();
  const leaves = 2 ** exponent;
  let row: (number | TaskRef<number>)[] = Array.from({ length: leaves }, (_, i) => i);
  let made = 0;
  while (row.length > 1) {
    row = Array.from({ length: row.length / 2 }, (_, i) => {
      made += 1;
      return builder.call(`add-${run}-${made}`, add, [row[2 * i]!, row[2 * i + 1]!]);
    });
  }
  const [root] = row as TaskRef<number>[];
  return { graph: builder.build(), key: root!.key, expected: (leaves * (leaves - 1)) / 2 };
}
