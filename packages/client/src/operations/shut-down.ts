import { SHUTDOWN_FEATURE } from '@grid/protocol';

import type { ClientParts } from '../client-parts.js';
import { ClientError } from '../errors.js';

/** Asks the scheduler to end, with all workers. */
export async function shutDown(parts: ClientParts): Promise<void> {
  parts.assertOpen('shut the cluster down');
  if (!(await parts.requests.features()).includes(SHUTDOWN_FEATURE)) {
    throw new ClientError(
      'GRID_CLIENT_UNSUPPORTED',
      'the scheduler is of a version that no client can end; end its process',
    );
  }
  parts.outbox.closeBatch();
  await parts.requests.request({ op: 'shutdown', reason: 'a client shut the cluster down' });
}
