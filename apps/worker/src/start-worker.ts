import type { RunningService } from '@grid/app-kit';
import type { Logger } from '@grid/common';

import { createWorker, exitCodeOfClose } from './create-worker.js';
import type { WorkerArguments } from './options.js';

/** Starts a worker in this process. */
export async function startWorker(args: WorkerArguments, logger: Logger): Promise<RunningService> {
  const worker = createWorker(args, logger);
  await worker.start();
  if (args['print-address-json']) {
    const { address, httpUrl: http, instanceId: id } = worker;
    process.stdout.write(`${JSON.stringify({ address, http, id, pid: process.pid })}\n`);
  }
  const ended = worker.closed.then((reason) => {
    if (reason.code !== null) logger.error({ code: reason.code }, reason.message);
    return exitCodeOfClose(reason);
  });
  return { close: (reason) => worker.close(reason), ended };
}
