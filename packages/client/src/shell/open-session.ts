import { randomUUID } from 'node:crypto';

import { isGridError, messageOf, nullLogger, parseDuration } from '@grid/common';
import { TcpTransport, toAddress, Transports } from '@grid/comm';
import { FunctionDecoder, FunctionEncoder } from '@grid/protocol';
import { connectLink, ConnectionPool, readToken, type LocalIdentity } from '@grid/rpc';

import { ClientError } from '../errors.js';
import type { ConnectOptions, ConnectTarget } from '../options.js';
import { ClientSession } from './client-session.js';
import { resolveTarget } from './resolve-target.js';
import { warnTo } from './warnings.js';

const CONNECT_TIMEOUT = '30s';

/** How long to try to reach a worker; after that its data goes through the scheduler. */
const WORKER_CONNECT_TIMEOUT_MS = 1000;

/** The default port of schedulers. */
const SCHEDULER_PORT = 8786;

/** Finds the scheduler, shows the token, and registers. */
export async function openSession(target: ConnectTarget | undefined, options: ConnectOptions): Promise<ClientSession> {
  const { logger = nullLogger, name = 'client' } = options;
  const resolved = await resolveTarget(target, process.env);
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
  });
  const timeoutMs = parseDuration(options.timeout ?? CONNECT_TIMEOUT);
  const signal = options.signal === undefined ? {} : { signal: options.signal };
  try {
    const link = await connectLink(address, {
      transports,
      local,
      token,
      handlers: session,
      deadlineMs: timeoutMs,
      ...signal,
    });
    session.attach(link);
    const { info } = await link.request(
      { op: 'register-client', clientId: id, name, versions: { node: process.version } },
      { timeoutMs, ...signal },
    );
    session.welcome(info);
    return session;
  } catch (error) {
    await session.close();
    options.signal?.throwIfAborted();
    if (isGridError(error) && error.code.startsWith('GRID_RPC_') && error.code !== 'GRID_RPC_TIMEOUT') throw error;
    throw new ClientError(
      'GRID_CLIENT_CONNECT_FAILED',
      `cannot connect to the scheduler at ${address}: ${messageOf(error)}`,
      {
        details: { address },
        cause: error,
      },
    );
  }
}
