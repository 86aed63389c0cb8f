import assert from 'node:assert';

import { openDask } from '../dask/dask-session.js';
import type { Python } from '../dask/python.js';
import { openGrid } from '../grid/open-grid.js';
import { peakResidentBytes } from '../grid/process-stats.js';
import { settle } from '../grid/settle.js';
import { makeArray, sumOf, total } from '../tasks.js';
import type { Session, Workload } from '../workload.js';

const ARRAYS = 300;
const MB = 20;
const LIMIT_BYTES = 1e9;

/** 6 GB of arrays kept on two workers of 1 GB each, and summed back: most of it goes to disk and returns. */
export function spill(python: Python): Workload {
  return {
    name: 'spill-6gb',
    unit: 's',
    moreIsBetter: false,
    samples: 3,
    grid: openSpill,
    peers: [
      {
        label: 'Dask',
        target: { kind: 'times-better', factor: 1 },
        open: () => openDask(python, 'spill.py', [ARRAYS, MB]),
      },
    ],
  };
}

function openSpill(): Promise<Session> {
  return openGrid(
    async (client, { workerPids }) => {
      const wanted = Array.from({ length: ARRAYS }, (_, seed) => ({ mb: MB, seed }));
      return async () => {
        const start = performance.now();
        const arrays = client.map(makeArray, wanted, { pure: false });
        await client.wait(arrays);
        const sums = client.map(sumOf, arrays, { pure: false });
        const sum = client.submit(total, sums, { pure: false });
        assert(Number.isFinite(await sum.result()));
        const seconds = (performance.now() - start) / 1000;
        for (const pid of workerPids) {
          const peak = await peakResidentBytes(pid);
          assert(peak <= LIMIT_BYTES, `a worker of ${LIMIT_BYTES} bytes had ${peak} at its peak`);
        }
        await settle(client, [...arrays, ...sums, sum]);
        return seconds;
      };
    },
    { memoryLimit: LIMIT_BYTES },
  );
}
