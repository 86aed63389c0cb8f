import { messageOf, systemClock } from '@grid/common';
import { SystemMonitor } from '@grid/common/machine';
import { printHostAddress, TcpTransport, Transports } from '@grid/comm';
import { loadPreloads, pluginThreadStarter, type Preloads } from '@grid/plugins';
import { SchedulerServer } from '@grid/scheduler-core';

import { EXIT_FAILED } from './exit-codes.js';
import { readLaunchConfig, reply, type SchedulerLaunch } from './launch-config.js';
import { createStreamLogger } from './stream-logger.js';

/* The scheduler of a local cluster: a process that is told what to do on its standard input, and leaves when that ends. */

const logger = createStreamLogger();
let scheduler: SchedulerServer | null = null;
let preloads: Preloads<SchedulerServer> | null = null;

function leave(reason: string): void {
  if (scheduler === null) process.exit(0);
  const server = scheduler;
  void server.close(reason).then(() => end(server));
}

async function end(server: SchedulerServer): Promise<void> {
  await preloads?.teardown(server);
  process.exit(0);
}

process.on('SIGTERM', () => leave('SIGTERM'));
// A terminal sends this to all processes of its group; the parent decides when the cluster ends.
process.on('SIGINT', () => {});

const launch = await readLaunchConfig<SchedulerLaunch>(() => leave('the parent process is gone'));
const { host, port, token, http, uploadBytesMax, allowPlugins, timeLimits } = launch;
try {
  preloads = await loadPreloads<SchedulerServer>(launch.preload, logger);
  const server = new SchedulerServer(
    { token, http, uploadBytesMax, allowPlugins, ...timeLimits, validate: process.env['GRID_VALIDATE'] === '1' },
    {
      transports: new Transports([new TcpTransport()]),
      logger,
      clock: systemClock,
      monitor: new SystemMonitor(logger).start(),
      startPluginThread: pluginThreadStarter(new URL('./plugin-thread-entry.js', import.meta.url)),
    },
  );
  scheduler = server;
  const [address = ''] = await server.start([printHostAddress({ scheme: 'tcp', host, port })]);
  await preloads.setup(server);
  // A client may end the cluster.
  void server.closed.then(() => end(server));
  reply({ address, http: server.httpUrl, pid: process.pid });
} catch (error) {
  logger.error({ error: messageOf(error) }, 'scheduler did not start');
  process.exit(EXIT_FAILED);
}
