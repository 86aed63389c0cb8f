import { REPLICAS_FEATURE } from '@grid/protocol';

import type { ClientParts } from '../client-parts.js';
import { ClientError } from '../errors.js';

/** A scheduler of an earlier version would not understand what is about to be said. */
export async function requireReplicas({ requests }: ClientParts): Promise<void> {
  if ((await requests.features()).includes(REPLICAS_FEATURE)) return;
  throw new ClientError('GRID_CLIENT_UNSUPPORTED', 'the scheduler is of a version that moves no results; upgrade it');
}
