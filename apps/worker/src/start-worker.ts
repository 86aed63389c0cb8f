import type { RunningService } from '@grid/app-kit';
import type { Logger } from '@grid/common';
import { startLifetime } from '@grid/worker-core';

import { createWorker, exitCodeOfClose } from './create-worker.js';
import { preload } from './preload.js';
import { lifetimeOf } from './lifetime-of.js';
import type { WorkerArguments } from './options.js';

/** Starts a worker in this process. */
export async function startWorker(args: WorkerArguments, logger: Logger): Promise<RunningService> {
  const worker = createWorker(args, logger);
  const lifetime = lifetimeOf(args);
  const preloads = await preload(worker, args.preload, { args, logger });
  await worker.start();
  if (lifetime !== null) startLifetime(worker, lifetime, logger);
  if (args['print-address-json']) {
    const { address, httpUrl: http, instanceId: id } = worker;
    process.stdout.write(`${JSON.stringify({ address, http, id, pid: process.pid })}\n`);
  }
  const ended = worker.closed.then(async (reason) => {
    if (reason.code !== null) logger.error({ code: reason.code }, reason.message);
    await preloads.teardown(worker);
    return exitCodeOfClose(reason);
  });
  return { close: (reason) => worker.close(reason).then(() => preloads.teardown(worker)), ended };
}
