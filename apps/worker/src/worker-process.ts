import { createLogger, exitCodeOf } from '@grid/app-kit';
import { runUnderNanny } from '@grid/nanny/child';
import type { Preloads } from '@grid/plugins';
import { startLifetime, type Lifetime, type WorkerServer } from '@grid/worker-core';

import { createWorker, exitCodeOfClose } from './create-worker.js';
import { preload } from './preload.js';
import { lifetimeOf } from './lifetime-of.js';
import type { WorkerArguments } from './options.js';

/* The process of a worker whose parent is `grid-worker`. */

await runUnderNanny<WorkerArguments>(
  (args, nannyId) => {
    const logger = createLogger(args['log-level'], args['log-format']);
    const worker = createWorker(args, logger, nannyId);
    let lifetime: Lifetime | null = null;
    let preloads: Preloads<WorkerServer> | null = null;
    return {
      logger,
      async start() {
        preloads = await preload(worker, args.preload, { args, logger });
        await worker.start();
        const options = lifetimeOf(args);
        if (options !== null) lifetime = startLifetime(worker, options, logger);
        return { address: worker.address, http: worker.httpUrl, id: worker.instanceId };
      },
      close: (reason) => worker.close(reason),
      closed: worker.closed.then(async (reason) => {
        await preloads?.teardown(worker);
        return {
          exitCode: exitCodeOfClose(reason),
          message: reason.message,
          wantsRestart: lifetime?.wantsRestart ?? false,
        };
      }),
    };
  },
  { logger: createLogger('info', 'text'), exitCodeOf },
);
