import type { Address } from '@grid/common';
import type { MessageWith } from '@grid/protocol';

import { SchedulerError } from '../../errors.js';
import type { SchedulerContext } from '../scheduler-context.js';

/** Milliseconds that a call which is relayed may take. */
const CALL_TIMEOUT_MS = 3_600_000;

/** Hands a call on to the worker of its actor, for a client that cannot reach it. */
export async function relayActorCall(
  server: SchedulerContext,
  message: MessageWith<'relay-actor-call'>,
  signal: AbortSignal,
): Promise<MessageWith<'relay-actor-call-reply'>> {
  const { worker } = message;
  if (!server.state.workers.some(({ about }) => about.address === worker)) {
    throw new SchedulerError(
      'GRID_ACTOR_LOST',
      `the worker ${worker} has left, and its actors with it; submit them again to have new ones`,
      { details: { worker } },
    );
  }
  return server.pool.request(worker as Address, message, { timeoutMs: CALL_TIMEOUT_MS, signal });
}
