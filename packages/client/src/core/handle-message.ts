import type { Message, MessageWith } from '@grid/protocol';

import type { ClientState } from './client-state.js';
import type { FutureRecord, FutureStatus } from './future-record.js';

/**
 * Takes in what the scheduler says about keys, and returns the records that settled by it.
 *
 * Every message may be late: the key may have been released since, then there is no record and nothing to do.
 */
export function handleMessage(state: ClientState, message: Message): readonly FutureRecord[] {
  switch (message.op) {
    case 'keys-in-memory':
      return keysInMemory(state, message);
    case 'keys-erred':
      return keysErred(state, message);
    case 'keys-cancelled':
      return settleAll(state, message.ids, 'cancelled', message.message === '' ? message.reason : message.message);
    case 'graph-refused':
      return graphRefused(state, message);
    case 'keys-lost':
    case 'keys-retried':
      keysPending(state, message.ids);
      return [];
    default:
      return [];
  }
}

/** Nothing more will come: whatever is not at hand is lost. Returns the records that settled by it. */
export function loseScheduler(state: ClientState, reason: string): readonly FutureRecord[] {
  state.lostReason = reason;
  const settled: FutureRecord[] = [];
  for (const [, record] of state.byId.entries()) {
    if (record.status !== 'pending') continue;
    record.status = 'lost';
    record.reason = reason;
    settled.push(record);
  }
  return settled;
}

function keysInMemory(state: ClientState, message: MessageWith<'keys-in-memory'>): readonly FutureRecord[] {
  for (const type of message.types) state.typeNames.set(type.id, type.name);
  const { ids, sizes, typeIds, results } = message;
  const settled: FutureRecord[] = [];
  let start = 0;
  for (let row = 0; row < ids.length; row += 1) {
    const end = results === null ? 0 : (results.ends[row] ?? start);
    const record = state.byId.get(ids[row] as number);
    if (record !== undefined) {
      const wasPending = record.status === 'pending';
      reset(record, 'finished');
      record.nbytes = sizes[row] ?? -1;
      record.typeName = state.typeNames.get(typeIds[row] ?? -1) ?? null;
      if (results !== null && end > start) {
        record.block = results.block;
        record.start = start;
        record.end = end;
      }
      if (wasPending) settled.push(record);
    }
    start = end;
  }
  return settled;
}

function keysErred(state: ClientState, message: MessageWith<'keys-erred'>): readonly FutureRecord[] {
  const { ids, failure, blame, worker } = message;
  const settled = settleAll(state, ids, 'error', null);
  for (const record of settled) record.failure = { failure, blame, worker };
  return settled;
}

function graphRefused(state: ClientState, message: MessageWith<'graph-refused'>): readonly FutureRecord[] {
  // Some may have been found to have failed.
  const ids = Array.from(message.ids).filter((id) => state.byId.get(id)?.status !== 'error');
  return settleAll(state, ids, 'cancelled', `${message.code}: ${message.message}`);
}

function keysPending(state: ClientState, ids: ArrayLike<number>): void {
  for (let row = 0; row < ids.length; row += 1) {
    const record = state.byId.get(ids[row] as number);
    if (record !== undefined && record.status !== 'cancelled') reset(record, 'pending');
  }
}

function settleAll(
  state: ClientState,
  ids: ArrayLike<number>,
  status: FutureStatus,
  reason: string | null,
): FutureRecord[] {
  const settled: FutureRecord[] = [];
  for (let row = 0; row < ids.length; row += 1) {
    const record = state.byId.get(ids[row] as number);
    // A future that was cancelled here stays cancelled, whatever its task came to.
    if (record === undefined || record.status === 'cancelled') continue;
    reset(record, status);
    record.reason = reason;
    settled.push(record);
  }
  return settled;
}

function reset(record: FutureRecord, status: FutureStatus): void {
  record.status = status;
  record.block = null;
  record.failure = null;
  record.reason = null;
}
