import type { Address } from '@grid/common';
import type { MessageWith } from '@grid/protocol';

import { SchedulerError } from '../../errors.js';
import type { SchedulerContext } from '../scheduler-context.js';

/** Milliseconds for one transfer. */
const TRANSFER_TIMEOUT_MS = 300_000;

/** Hands a client's data on to a worker that the client cannot reach. */
export async function relayData(
  server: SchedulerContext,
  { worker, values }: MessageWith<'relay-data'>,
  signal: AbortSignal,
): Promise<MessageWith<'relay-data-reply'>> {
  // Only to workers: a scheduler that dials whatever a client names could be sent anywhere.
  if (!server.state.workers.some(({ about }) => about.address === worker)) {
    throw new SchedulerError('GRID_SCHEDULER_UNKNOWN_WORKER', `there is no worker at ${worker}`, {
      details: { worker },
    });
  }
  await server.pool.request(worker as Address, { op: 'put-data', values }, { timeoutMs: TRANSFER_TIMEOUT_MS, signal });
  return { op: 'relay-data-reply' };
}
