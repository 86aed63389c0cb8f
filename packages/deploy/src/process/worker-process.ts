import { asAddress, asBytes } from '@grid/common';
import { SystemMonitor } from '@grid/common/machine';
import { printHostAddress, TcpTransport, Transports } from '@grid/comm';
import { NANNY_EXITS, runUnderNanny } from '@grid/nanny/child';
import { loadPreloads, pluginThreadStarter, type Preloads } from '@grid/plugins';
import { allocateShared, startLifetime, WorkerServer, type Lifetime } from '@grid/worker-core';

import { EXIT_FAILED } from './exit-codes.js';
import type { WorkerLaunch } from './launch-config.js';
import { createStreamLogger } from './stream-logger.js';

/* A worker of a local cluster: a process that its nanny tells what to be, and that leaves with it. */

const logger = createStreamLogger();

function createWorker(launch: WorkerLaunch, nannyId: string | null): WorkerServer {
  const { schedulerAddress, name, host, threads, memoryLimit, resources, executors, memory, root, token } = launch;
  return new WorkerServer(
    {
      schedulerAddress: asAddress(schedulerAddress),
      listenAddress: printHostAddress({ scheme: 'tcp', host, port: 0 }),
      name,
      nannyId,
      threads,
      memoryLimit: asBytes(memoryLimit),
      resources,
      executors,
      ...memory,
      root,
      token,
      profiling: { isOn: launch.profile },
      validate: process.env['GRID_VALIDATE'] === '1',
    },
    {
      // Results are received into memory that all threads share, so that nobody copies them again.
      transports: new Transports([new TcpTransport({ allocate: allocateShared })]),
      logger,
      monitor: new SystemMonitor(logger).start(),
      threadEntry: new URL('./thread-entry.js', import.meta.url),
      startPluginThread: pluginThreadStarter(new URL('./plugin-thread-entry.js', import.meta.url)),
    },
  );
}

await runUnderNanny<WorkerLaunch>(
  (launch, nannyId) => {
    const worker = createWorker(launch, nannyId);
    let lifetime: Lifetime | null = null;
    let preloads: Preloads<WorkerServer> | null = null;
    return {
      logger,
      async start() {
        preloads = await loadPreloads<WorkerServer>(launch.preload, logger);
        await preloads.setup(worker);
        await worker.start();
        if (launch.lifetime !== null) lifetime = startLifetime(worker, launch.lifetime, logger);
        return { address: worker.address, http: worker.httpUrl, id: worker.instanceId };
      },
      close: (reason) => worker.close(reason),
      closed: worker.closed.then(async ({ code, message }) => {
        await preloads?.teardown(worker);
        return {
          exitCode: code === null ? NANNY_EXITS.done : exitCodeOf(code),
          message,
          wantsRestart: lifetime?.wantsRestart ?? false,
        };
      }),
    };
  },
  { logger, exitCodeOf: () => EXIT_FAILED },
);

function exitCodeOf(code: string): number {
  return code === 'GRID_WORKER_LOST_SCHEDULER' ? NANNY_EXITS.schedulerLost : NANNY_EXITS.failed;
}
