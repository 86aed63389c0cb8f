import { isGridError, messageOf, type Address } from '@grid/common';
import { runtimeVersions } from '@grid/common/machine';
import type { Transports } from '@grid/comm';
import { connectLink, type LocalIdentity } from '@grid/rpc';

import { ClientError } from '../errors.js';
import type { ClientSession } from './client-session.js';

/** How a session reaches its scheduler. */
export interface SchedulerWay {
  readonly address: Address;
  readonly transports: Transports;
  readonly local: LocalIdentity;
  readonly token: string | null;
  /** For logs and the dashboard. */
  readonly name: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens the session's link and registers on it.
 *
 * @throws {@link ClientError} `GRID_CLIENT_CONNECT_FAILED`; the signal's reason; errors of authentication have codes of
 * `@grid/rpc`.
 */
export async function connectSession(session: ClientSession, way: SchedulerWay): Promise<void> {
  const { address, transports, local, token, name, timeoutMs, signal } = way;
  try {
    const link = await connectLink(address, {
      transports,
      local,
      token,
      handlers: session,
      deadlineMs: timeoutMs,
      signal,
    });
    try {
      const { info } = await link.request(
        { op: 'register-client', clientId: session.id, name, versions: { ...runtimeVersions() } },
        { timeoutMs, signal },
      );
      session.attach(link, info);
    } catch (error) {
      link.abort(error);
      throw error;
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (isGridError(error) && error.code.startsWith('GRID_RPC_') && error.code !== 'GRID_RPC_TIMEOUT') throw error;
    throw new ClientError(
      'GRID_CLIENT_CONNECT_FAILED',
      `cannot connect to the scheduler at ${address}: ${messageOf(error)}`,
      { details: { address }, cause: error },
    );
  }
}
