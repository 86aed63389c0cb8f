import { messageOf } from '@grid/common';

import { addWaiter, removeWaiter, type FutureRecord } from '../core/future-record.js';
import { ClientError } from '../errors.js';
import { errorOfRecord } from '../operations/task-error.js';
import type { ValueOpener } from '../shell/value-opener.js';
import type { ActorFacts } from './actor.js';

/** How long to wait for the scheduler to say what became of an actor whose worker's line broke, in milliseconds. */
const NEWS_MS = 3000;

/**
 * Refuses to call what is known to be gone.
 *
 * @throws {@link ClientError} `GRID_ACTOR_LOST`
 */
export function refuseLostActor(record: FutureRecord, facts: ActorFacts): void {
  const { status } = record;
  if (status === 'finished' || status === 'pending') return;
  throw lostActor(record, facts, status === 'error' ? record.failure?.failure.message : record.reason);
}

/** Why a call was not answered: since its actor is gone, or only its line. */
export async function lossOf(
  opener: ValueOpener,
  record: FutureRecord,
  { facts, member, reason }: { readonly facts: ActorFacts; readonly member: string; readonly reason: string },
): Promise<ClientError> {
  await settled(record);
  if (record.status === 'error') {
    const cause = await errorOfRecord(opener, record);
    return lostActor(record, facts, messageOf(cause), cause);
  }
  if (record.status !== 'finished' && record.status !== 'pending')
    return lostActor(record, facts, record.reason ?? reason);
  const { key } = record;
  const { worker, className } = facts;
  return new ClientError(
    'GRID_CLIENT_CALL_LOST',
    `nobody knows whether ${className}.${member} of ${key} was called: the line to ${worker} broke (${reason}). The actor is there as far as the scheduler knows; call again if it does no harm twice`,
    { details: { key, worker, member, reason } },
  );
}

function lostActor(
  { key }: FutureRecord,
  { worker, className }: ActorFacts,
  reason: string | null | undefined,
  cause?: unknown,
): ClientError {
  const details = { key, worker, className };
  // The scheduler, or the worker, has said all of it.
  if (reason?.includes(key) === true) return new ClientError('GRID_ACTOR_LOST', reason, { details, cause });
  const why = reason === null || reason === undefined ? '' : `: ${reason}`;
  return new ClientError(
    'GRID_ACTOR_LOST',
    `the actor ${key} (${className} on ${worker}) is gone, and what it knew with it${why}. Submit it again to have a new one`,
    { details, cause },
  );
}

/** Settles when the record is no longer in order, or after a while. */
async function settled(record: FutureRecord): Promise<void> {
  if (record.status !== 'finished' && record.status !== 'pending') return;
  await new Promise<void>((resolve) => {
    const waiter = { onSettled: () => done() };
    const timer = setTimeout(() => done(), NEWS_MS);
    const done = (): void => {
      clearTimeout(timer);
      removeWaiter(record, waiter);
      // It may only have come to be known; then there is nothing to wait for longer.
      resolve();
    };
    addWaiter(record, waiter);
  });
}
