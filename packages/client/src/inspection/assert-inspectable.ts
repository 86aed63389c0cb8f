import { INSPECTION_FEATURE } from '@grid/protocol';

import type { ClientParts } from '../client-parts.js';
import { ClientError } from '../errors.js';

/** Whether the scheduler answers questions about what it does. */
export async function isInspectable(parts: ClientParts): Promise<boolean> {
  return (await parts.requests.features()).includes(INSPECTION_FEATURE);
}

/** Refuses to ask a scheduler that would end the connection over a message that it does not know. */
export async function assertInspectable(parts: ClientParts): Promise<void> {
  if (await isInspectable(parts)) return;
  throw new ClientError(
    'GRID_CLIENT_UNSUPPORTED',
    'the scheduler is of a version that does not answer this; upgrade it',
  );
}
