import { messageOf, systemClock } from '@grid/common';
import { printHostAddress, TcpTransport, Transports } from '@grid/comm';
import { pluginThreadStarter } from '@grid/plugins';
import { SchedulerServer } from '@grid/scheduler-core';

import { EXIT_FAILED } from './exit-codes.js';
import { readLaunchConfig, reply, type SchedulerLaunch } from './launch-config.js';
import { createStreamLogger } from './stream-logger.js';

/* The scheduler of a local cluster: a process that is told what to do on its standard input, and leaves when that ends. */

const logger = createStreamLogger();
let scheduler: SchedulerServer | null = null;

function leave(reason: string): void {
  if (scheduler === null) process.exit(0);
  void scheduler.close(reason).then(() => process.exit(0));
}

process.on('SIGTERM', () => leave('SIGTERM'));
// A terminal sends this to all processes of its group; the parent decides when the cluster ends.
process.on('SIGINT', () => {});

const { host, port, token, http, uploadBytesMax, allowPlugins, timeLimits } = await readLaunchConfig<SchedulerLaunch>(
  () => leave('the parent process is gone'),
);
try {
  scheduler = new SchedulerServer(
    { token, http, uploadBytesMax, allowPlugins, ...timeLimits, validate: process.env['GRID_VALIDATE'] === '1' },
    {
      transports: new Transports([new TcpTransport()]),
      logger,
      clock: systemClock,
      startPluginThread: pluginThreadStarter(new URL('./plugin-thread-entry.js', import.meta.url)),
    },
  );
  const [address = ''] = await scheduler.start([printHostAddress({ scheme: 'tcp', host, port })]);
  // A client may end the cluster.
  void scheduler.closed.then(() => process.exit(0));
  reply({ address, http: scheduler.httpUrl, pid: process.pid });
} catch (error) {
  logger.error({ error: messageOf(error) }, 'scheduler did not start');
  process.exit(EXIT_FAILED);
}
