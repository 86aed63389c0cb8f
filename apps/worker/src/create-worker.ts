import { EXIT_CODES } from '@grid/app-kit';
import type { Logger } from '@grid/common';
import { SystemMonitor } from '@grid/common/machine';
import { TcpTransport, Transports } from '@grid/comm';
import { allocateShared, WorkerServer, type WorkerCloseReason } from '@grid/worker-core';

import type { WorkerArguments } from './options.js';
import { workerOptionsOf } from './worker-options-of.js';

/** Makes the worker that the flags ask for. */
export function createWorker(args: WorkerArguments, logger: Logger, nannyId: string | null = null): WorkerServer {
  return new WorkerServer(
    { ...workerOptionsOf(args), nannyId },
    {
      // Results are received into memory that all threads share, so that nobody copies them again.
      transports: new Transports([new TcpTransport({ allocate: allocateShared })]),
      logger,
      monitor: new SystemMonitor(logger).start(),
    },
  );
}

/** What a process exits with whose worker has closed. */
export function exitCodeOfClose({ code }: WorkerCloseReason): number {
  if (code === null) return EXIT_CODES.done;
  return code === 'GRID_WORKER_BUG' ? EXIT_CODES.bug : EXIT_CODES.lostScheduler;
}
