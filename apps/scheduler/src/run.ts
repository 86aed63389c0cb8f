import { rmSync, writeFileSync } from 'node:fs';

import {
  AppError,
  createLogger,
  dashboardOf,
  EXIT_CODES,
  resolveToken,
  runUntilSignal,
  writePidFile,
  type RunningService,
} from '@grid/app-kit';
import { parseBytes, parseDuration, systemClock, type Logger } from '@grid/common';
import { printHostAddress, TcpTransport, toAddress, Transports } from '@grid/comm';
import { SchedulerServer } from '@grid/scheduler-core';

import type { SchedulerArguments } from './options.js';

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
  const scheduler = new SchedulerServer(
    // Checks every invariant after every step: slow, for hunting bugs.
    {
      token,
      http,
      uploadBytesMax: parseBytes(args['upload-limit']),
      idleTimeoutMs: args['idle-timeout'] === undefined ? null : parseDuration(args['idle-timeout']),
      allowPlugins: args['allow-plugins'],
      validate: process.env['GRID_VALIDATE'] === '1',
    },
    { transports: new Transports([new TcpTransport()]), logger, clock: systemClock },
  );
  const [listening = ''] = await scheduler.start([
    printHostAddress({ scheme: 'tcp', host: args.host, port: args.port }),
  ]);
  const address =
    args['contact-address'] === undefined ? listening : toAddress(args['contact-address'], { defaultPort: args.port });
  if (address !== listening) logger.info({}, `Scheduler at: ${address}`);
  if (scheduler.httpUrl !== null) logger.info({}, `HTTP at: ${scheduler.httpUrl}`);
  const identity = { address, http: scheduler.httpUrl, id: scheduler.id, pid: process.pid };
  if (args['scheduler-file'] !== undefined) writeSchedulerFile(args['scheduler-file'], identity);
  if (args['print-address-json']) process.stdout.write(`${JSON.stringify(identity)}\n`);
  return {
    close: (reason) => scheduler.close(reason),
    // A client may end it, or that there is nothing to do.
    ended: scheduler.closed.then(() => (scheduler.isBroken ? EXIT_CODES.bug : EXIT_CODES.done)),
  };
}

/** Others find the scheduler by this file; it is removed when the process ends, so that it never points to nobody. */
function writeSchedulerFile(file: string, identity: object): void {
  try {
    writeFileSync(file, `${JSON.stringify(identity, null, 2)}\n`, { mode: 0o644 });
  } catch (cause) {
    throw new AppError('GRID_APP_BAD_OPTION', `cannot write the scheduler file ${file}`, { details: { file }, cause });
  }
  process.once('exit', () => rmSync(file, { force: true }));
}
