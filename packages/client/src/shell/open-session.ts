import { randomUUID } from 'node:crypto';

import { isGridError, nullLogger, parseDuration, type OptionNames } from '@grid/common';
import { TcpTransport, toAddress, Transports } from '@grid/comm';
import { FunctionDecoder, FunctionEncoder } from '@grid/protocol';
import { connectLink, ConnectionPool, readSchedulerFile, readToken, type LocalIdentity } from '@grid/rpc';

import { checkOptionNames } from '../check-arguments.js';
import type { ConnectOptions, ConnectTarget } from '../options.js';
import { ClientError } from '../errors.js';
import { NO_TIES } from '../task-ties.js';
import { ClientSession } from './client-session.js';
import { connectSession } from './connect-session.js';
import { resolveTarget } from './resolve-target.js';
import { warnTo } from './warnings.js';

const OPTIONS: OptionNames<ConnectOptions> = {
  token: true,
  schedulerFile: true,
  timeout: true,
  reconnectTimeout: true,
  name: true,
  transports: true,
  trustWorkers: true,
  logger: true,
  signal: true,
};

const CONNECT_TIMEOUT = '30s';

/** How long to look for another scheduler, by default. */
const RECONNECT_TIMEOUT = '60s';

/** How long to try to reach a worker; after that its data goes through the scheduler. */
export const WORKER_CONNECT_TIMEOUT_MS = 1000;

/**
 * The same for calls of actors, milliseconds. Longer: programs make thousands of calls in one go, and their event loop does not
 * turn meanwhile.
 */
export const ACTOR_CONNECT_TIMEOUT_MS = 5000;

/** The default port of schedulers. */
const SCHEDULER_PORT = 8786;

/** What was given, or what the scheduler's file says. */
async function targetOf(
  target: ConnectTarget | undefined,
  { schedulerFile, timeoutMs, signal }: ConnectOptions & { readonly timeoutMs: number },
): Promise<ConnectTarget | undefined> {
  if (schedulerFile === undefined) return target;
  if (target !== undefined) {
    throw new ClientError('GRID_CLIENT_BAD_OPTION', 'give an address or the option schedulerFile, not both', {
      details: { option: 'schedulerFile' },
    });
  }
  try {
    return await readSchedulerFile(schedulerFile, { timeoutMs, signal });
  } catch (cause) {
    if (!isGridError(cause, 'GRID_RPC_SCHEDULER_FILE')) throw cause;
    throw new ClientError('GRID_CLIENT_CONNECT_FAILED', cause.message, { details: { file: schedulerFile }, cause });
  }
}

/** Finds the scheduler, shows the token, and registers. */
export async function openSession(target: ConnectTarget | undefined, options: ConnectOptions): Promise<ClientSession> {
  checkOptionNames(options, OPTIONS);
  const { logger = nullLogger, name = 'client', signal } = options;
  const timeoutMs = parseDuration(options.timeout ?? CONNECT_TIMEOUT);
  const { reconnectTimeout = RECONNECT_TIMEOUT } = options;
  const reconnectTimeoutMs = reconnectTimeout === false ? 0 : parseDuration(reconnectTimeout);
  const resolved = await resolveTarget(await targetOf(target, { ...options, timeoutMs }), process.env);
  const address = toAddress(resolved.address, { defaultPort: SCHEDULER_PORT });
  const token = options.token !== undefined ? options.token : (resolved.token ?? readToken(process.env, {}));
  const transports = new Transports(options.transports ?? resolved.transports ?? [new TcpTransport()]);
  const encoder = new FunctionEncoder();
  const trustWorkers = options.trustWorkers ?? resolved.trustWorkers;
  const id = `Client-${name}-${randomUUID()}`;
  const local: LocalIdentity = { role: 'client', instanceId: id, about: { name, node: process.version } };
  const session = new ClientSession(id, address, {
    pool: new ConnectionPool({ local, token, connectTimeoutMs: WORKER_CONNECT_TIMEOUT_MS }, { transports, logger }),
    encoder,
    decoder: new FunctionDecoder({
      root: process.cwd(),
      mayEvaluate: trustWorkers === true ? undefined : (unitHash) => encoder.hasMade(unitHash),
    }),
    logger,
    warn: warnTo(options.logger),
    owned: resolved.owned,
    ties: NO_TIES,
    reconnects: reconnectTimeoutMs > 0,
    dial: (worker, handlers) =>
      connectLink(worker, { transports, local, token, handlers, logger, deadlineMs: ACTOR_CONNECT_TIMEOUT_MS }),
  });
  try {
    await connectSession(session, { address, transports, local, token, name, timeoutMs, reconnectTimeoutMs, signal });
    return session;
  } catch (error) {
    await session.close();
    throw error;
  }
}
