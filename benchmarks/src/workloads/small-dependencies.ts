import assert from 'node:assert';

import { openDask } from '../dask/dask-session.js';
import type { Python } from '../dask/python.js';
import { openGrid } from '../grid/open-grid.js';
import { settle } from '../grid/settle.js';
import { workerAddresses } from '../grid/worker-addresses.js';
import { lengthOf, makeBytes } from '../tasks.js';
import type { Session, Workload } from '../workload.js';

const COUNT = 10_000;

/** Many small results on one worker, each wanted by a task of its own on the other: what an object costs, not a byte. */
export function smallDependencies(python: Python): Workload {
  return {
    name: 'small-dependencies',
    unit: 's',
    moreIsBetter: false,
    samples: 5,
    grid: openSmallDependencies,
    peers: [
      {
        label: 'Dask',
        target: { kind: 'times-better', factor: 8 },
        samples: 2,
        open: () => openDask(python, 'small_dependencies.py', [COUNT]),
      },
    ],
  };
}

function openSmallDependencies(): Promise<Session> {
  return openGrid(async (client) => {
    const [source, target] = await workerAddresses(client);
    assert(source !== undefined && target !== undefined);
    const seeds = Array.from({ length: COUNT }, (_, seed) => seed);
    return async () => {
      const blobs = client.map(makeBytes, seeds, { workers: [source], pure: false });
      await client.wait(blobs);
      const start = performance.now();
      const lengths = client.map(lengthOf, blobs, { workers: [target], pure: false });
      await client.wait(lengths);
      const seconds = (performance.now() - start) / 1000;
      await settle(client, [...blobs, ...lengths]);
      return seconds;
    };
  });
}
