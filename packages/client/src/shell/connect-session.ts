import { isGridError, messageOf } from '@grid/common';

import { ClientError } from '../errors.js';
import type { ClientSession } from './client-session.js';
import { openLine, type SchedulerWay } from './scheduler-way.js';

/**
 * Opens the session's link and registers on it.
 *
 * @throws {@link ClientError} `GRID_CLIENT_CONNECT_FAILED`; the signal's reason; errors of authentication have codes of
 * `@grid/rpc`.
 */
export async function connectSession(session: ClientSession, way: SchedulerWay): Promise<void> {
  const { address, signal } = way;
  try {
    session.attach(await openLine(session.id, session, way), way);
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
