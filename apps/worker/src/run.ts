import { createLogger, runUntilSignal, writePidFile } from '@grid/app-kit';

import { locateScheduler } from './locate-scheduler.js';
import type { WorkerArguments } from './options.js';
import { startNanny } from './start-nanny.js';
import { startWorker } from './start-worker.js';

/** Runs a worker until a signal ends it, or it loses its scheduler; in a process of its own, unless told otherwise. */
export async function runWorker(args: WorkerArguments): Promise<never> {
  const logger = createLogger(args['log-level'], args['log-format']);
  return runUntilSignal(logger, async () => {
    if (args['pid-file'] !== undefined) writePidFile(args['pid-file']);
    const located = await locateScheduler(args);
    return args.nanny ? startNanny(located, logger) : startWorker(located, logger);
  });
}
