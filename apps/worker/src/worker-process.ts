import { createLogger, exitCodeOf } from '@grid/app-kit';
import { runUnderNanny } from '@grid/nanny/child';

import { createWorker, exitCodeOfClose } from './create-worker.js';
import type { WorkerArguments } from './options.js';

/* The process of a worker whose parent is `grid-worker`. */

await runUnderNanny<WorkerArguments>(
  (args, nannyId) => {
    const logger = createLogger(args['log-level'], args['log-format']);
    const worker = createWorker(args, logger, nannyId);
    return {
      logger,
      async start() {
        await worker.start();
        return { address: worker.address, http: worker.httpUrl, id: worker.instanceId };
      },
      close: (reason) => worker.close(reason),
      closed: worker.closed.then((reason) => ({ exitCode: exitCodeOfClose(reason), message: reason.message })),
    };
  },
  { logger: createLogger('info', 'text'), exitCodeOf },
);
