import type { MessageWith } from '@grid/protocol';

import { SchedulerError } from '../../errors.js';
import type { SchedulerContext } from '../scheduler-context.js';

/** Milliseconds that a call which is relayed may take. */
const CALL_TIMEOUT_MS = 3_600_000;

/**
 * Hands a call on to the worker of its actor, for a client that cannot reach it. Over the worker's own line and before anything
 * is waited for: calls arrive in the order in which they were made.
 */
export async function relayActorCall(
  server: SchedulerContext,
  message: MessageWith<'relay-actor-call'>,
  signal: AbortSignal,
): Promise<MessageWith<'relay-actor-call-reply'>> {
  const { worker } = message;
  const peer = [...server.workerPeers].find(({ record }) => record?.about.address === worker);
  if (peer === undefined) {
    throw new SchedulerError(
      'GRID_ACTOR_LOST',
      `the worker ${worker} has left, and its actors with it; submit them again to have new ones`,
      { details: { worker } },
    );
  }
  return peer.link.request(message, { timeoutMs: CALL_TIMEOUT_MS, signal });
}
