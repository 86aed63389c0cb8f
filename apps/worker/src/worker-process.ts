import { createLogger, exitCodeOf } from '@grid/app-kit';
import { runUnderNanny } from '@grid/nanny/child';
import { startLifetime, type Lifetime } from '@grid/worker-core';

import { createWorker, exitCodeOfClose } from './create-worker.js';
import { lifetimeOf } from './lifetime-of.js';
import type { WorkerArguments } from './options.js';

/* The process of a worker whose parent is `grid-worker`. */

await runUnderNanny<WorkerArguments>(
  (args, nannyId) => {
    const logger = createLogger(args['log-level'], args['log-format']);
    const worker = createWorker(args, logger, nannyId);
    let lifetime: Lifetime | null = null;
    return {
      logger,
      async start() {
        await worker.start();
        const options = lifetimeOf(args);
        if (options !== null) lifetime = startLifetime(worker, options, logger);
        return { address: worker.address, http: worker.httpUrl, id: worker.instanceId };
      },
      close: (reason) => worker.close(reason),
      closed: worker.closed.then((reason) => ({
        exitCode: exitCodeOfClose(reason),
        message: reason.message,
        wantsRestart: lifetime?.wantsRestart ?? false,
      })),
    };
  },
  { logger: createLogger('info', 'text'), exitCodeOf },
);
