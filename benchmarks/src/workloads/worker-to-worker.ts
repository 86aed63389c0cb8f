import assert from 'node:assert';

import { openDask } from '../dask/dask-session.js';
import type { Python } from '../dask/python.js';
import { openGrid } from '../grid/open-grid.js';
import { settle } from '../grid/settle.js';
import { warmUp } from '../grid/warm-up.js';
import { workerAddresses } from '../grid/worker-addresses.js';
import { ends, makeArray } from '../tasks.js';
import type { Session, Workload } from '../workload.js';

const ARRAYS = 10;

/** MB/s from worker to worker: arrays made on one, each read by a task on the other. */
export function workerToWorker(python: Python, mb: number, factor: number): Workload {
  return {
    name: `worker-to-worker-${mb}mb`,
    unit: 'MB/s',
    moreIsBetter: true,
    samples: 5,
    grid: () => openTransfers(mb),
    peers: [
      {
        label: 'Dask',
        target: { kind: 'times-better', factor },
        note: `${ARRAYS} arrays at once`,
        open: () => openDask(python, 'worker_to_worker.py', [mb, ARRAYS]),
      },
    ],
  };
}

function openTransfers(mb: number): Promise<Session> {
  return openGrid(async (client) => {
    const [source, target] = await workerAddresses(client);
    assert(source !== undefined && target !== undefined);
    const wanted = Array.from({ length: ARRAYS }, (_, seed) => ({ mb, seed }));

    async function sample(): Promise<number> {
      const arrays = client.map(makeArray, wanted, { workers: [source!], pure: false });
      await client.wait(arrays);
      const start = performance.now();
      const read = arrays.map((array) => client.submit(ends, [array], { workers: [target!], pure: false }));
      const results = await client.gather(read);
      const seconds = (performance.now() - start) / 1000;
      assert.strictEqual(results.length, ARRAYS);
      await settle(client, [...arrays, ...read]);
      return (mb * ARRAYS) / seconds;
    }

    await warmUp(sample);
    return sample;
  });
}
