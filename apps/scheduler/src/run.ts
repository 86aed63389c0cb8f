import {
  bytesFlag,
  createLogger,
  dashboardOf,
  EXIT_CODES,
  resolveToken,
  runUntilSignal,
  writePidFile,
  type RunningService,
} from '@grid/app-kit';
import { systemClock, type Logger } from '@grid/common';
import { SystemMonitor } from '@grid/common/machine';
import { printHostAddress, TcpTransport, toAddress, Transports } from '@grid/comm';
import { loadPreloads } from '@grid/plugins';
import { removeSchedulerFile, writeSchedulerFile } from '@grid/rpc';
import { SchedulerServer } from '@grid/scheduler-core';

import type { SchedulerArguments } from './options.js';
import { timeLimitsOf } from './time-limits-of.js';

/** Runs a scheduler until a signal ends it. */
export async function runScheduler(args: SchedulerArguments): Promise<never> {
  const logger = createLogger(args['log-level'], args['log-format']);
  return runUntilSignal(logger, async () => {
    if (args['pid-file'] !== undefined) writePidFile(args['pid-file']);
    return startScheduler(args, logger);
  });
}

async function startScheduler(args: SchedulerArguments, logger: Logger): Promise<RunningService> {
  const token = resolveToken({ auth: args.auth, tokenFile: args['token-file'], host: args.host }, process.env);
  if (token === null) logger.warn({ host: args.host }, 'anybody on this machine can run code on this cluster');
  const http = args.dashboard ? dashboardOf(args['dashboard-address']) : null;
  const preloads = await loadPreloads<SchedulerServer>({ modules: args.preload, argv: args['preload-argv'] }, logger);
  const scheduler = new SchedulerServer(
    // Checks every invariant after every step: slow, for hunting bugs.
    {
      token,
      http,
      uploadBytesMax: bytesFlag('upload-limit', args['upload-limit']),
      blockedRequests: (args['blocked-handlers'] ?? '').split(/[\s,]+/).filter((word) => word !== ''),
      allowPlugins: args['allow-plugins'],
      ...timeLimitsOf(args),
      validate: process.env['GRID_VALIDATE'] === '1',
    },
    {
      transports: new Transports([new TcpTransport()]),
      logger,
      clock: systemClock,
      monitor: new SystemMonitor(logger).start(),
    },
  );
  const [listening = ''] = await scheduler.start([
    printHostAddress({ scheme: 'tcp', host: args.host, port: args.port }),
  ]);
  await preloads.setup(scheduler);
  const address =
    args['contact-address'] === undefined ? listening : toAddress(args['contact-address'], { defaultPort: args.port });
  if (address !== listening) logger.info({}, `Scheduler at: ${address}`);
  if (scheduler.httpUrl !== null) logger.info({}, `HTTP at: ${scheduler.httpUrl}`);
  const identity = { address, http: scheduler.httpUrl, id: scheduler.id, pid: process.pid };
  const file = args['scheduler-file'];
  if (file !== undefined) {
    writeSchedulerFile(file, identity);
    // So that it never points to nobody.
    process.once('exit', () => removeSchedulerFile(file, identity));
  }
  if (args['print-address-json']) process.stdout.write(`${JSON.stringify(identity)}\n`);
  return {
    close: async (reason) => {
      await preloads.teardown(scheduler);
      await scheduler.close(reason);
    },
    // A client may end it, or that there is nothing to do.
    ended: scheduler.closed.then(async () => {
      await preloads.teardown(scheduler);
      return scheduler.isBroken ? EXIT_CODES.bug : EXIT_CODES.done;
    }),
  };
}
