import { createInterface } from 'node:readline';

import { asAddress, asBytes, nullLogger } from '@grid/common';
import { TcpTransport, Transports } from '@grid/comm';
import { createInlineExecutor, WorkerServer } from '@grid/worker-core';

/*
 * Many workers in one process, each with its own line to the scheduler and an executor on this event loop: what a
 * scheduler sees of a large cluster, on a small machine. Leaves when its standard input ends.
 *
 * Arguments: the scheduler's address, how many.
 */
const [, , scheduler = '', count = '0'] = process.argv;

const workers = Array.from(
  { length: Number(count) },
  (_, index) =>
    new WorkerServer(
      {
        schedulerAddress: asAddress(scheduler),
        listenAddress: asAddress('tcp://127.0.0.1:0'),
        name: `worker-${index}`,
        threads: 1,
        memoryLimit: asBytes(0),
        resources: {},
        memorySpillFraction: false,
        memoryPauseFraction: false,
        root: process.cwd(),
        token: null,
      },
      { transports: new Transports([new TcpTransport()]), logger: nullLogger, createExecutor: createInlineExecutor },
    ),
);
for (const worker of workers) await worker.start();
process.stdout.write('ready\n');

createInterface({ input: process.stdin }).once('close', () => {
  void Promise.all(workers.map((worker) => worker.close('the benchmark is over'))).then(() => process.exit(0));
});
