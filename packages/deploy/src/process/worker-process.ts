import { asAddress, asBytes, messageOf } from '@grid/common';
import { printHostAddress, TcpTransport, Transports } from '@grid/comm';
import { allocateShared, WorkerServer } from '@grid/worker-core';

import { EXIT_FAILED, EXIT_LOST_SCHEDULER } from './exit-codes.js';
import { readLaunchConfig, reply, type WorkerLaunch } from './launch-config.js';
import { createStreamLogger } from './stream-logger.js';

/* A worker of a local cluster: a process that is told what to do on its standard input, and leaves when that ends. */

const logger = createStreamLogger();
let worker: WorkerServer | null = null;

function leave(reason: string): void {
  if (worker === null) process.exit(0);
  void worker.close(reason);
}

process.on('SIGTERM', () => leave('SIGTERM'));
// A terminal sends this to all processes of its group; the parent decides when the cluster ends.
process.on('SIGINT', () => {});

const config = await readLaunchConfig<WorkerLaunch>(() => leave('the parent process is gone'));
worker = createWorker(config);
void worker.closed.then(({ code, message }) => {
  logger.info({ code, reason: message }, 'worker closed');
  process.exit(code === null ? 0 : EXIT_LOST_SCHEDULER);
});
try {
  await worker.start();
  reply({ address: worker.address, http: worker.httpUrl, pid: process.pid });
} catch (error) {
  logger.error({ error: messageOf(error) }, 'worker did not start');
  process.exit(EXIT_FAILED);
}

function createWorker(launch: WorkerLaunch): WorkerServer {
  const { schedulerAddress, name, host, threads, memoryLimit, resources, memory, root, token } = launch;
  return new WorkerServer(
    {
      schedulerAddress: asAddress(schedulerAddress),
      listenAddress: printHostAddress({ scheme: 'tcp', host, port: 0 }),
      name,
      threads,
      memoryLimit: asBytes(memoryLimit),
      resources,
      ...memory,
      root,
      token,
      validate: process.env['GRID_VALIDATE'] === '1',
    },
    {
      // Results are received into memory that all threads share, so that nobody copies them again.
      transports: new Transports([new TcpTransport({ allocate: allocateShared })]),
      logger,
      threadEntry: new URL('./thread-entry.js', import.meta.url),
    },
  );
}
