import { describe, expect, it } from '@jest/globals';
import { asKey } from '@grid/common';
import type { Message, MessageWith } from '@grid/protocol';
import fc from 'fast-check';

import { addRecord, createClientState, dropReference, validateClientState, type ClientState } from './client-state.js';
import { addWaiter, notifyWaiters, type FutureRecord } from './future-record.js';
import { handleMessage, loseScheduler } from './handle-message.js';

const failure: MessageWith<'keys-erred'>['failure'] = {
  error: { body: new Uint8Array([1]), buffers: [] },
  name: 'Error',
  message: 'boom',
  stack: '',
};

function hold(state: ClientState, key: string): FutureRecord {
  const record = addRecord(state, asKey(key));
  record.references = 1;
  return record;
}

function inMemory(ids: number[], inline: boolean): Message {
  return {
    op: 'keys-in-memory',
    ids,
    sizes: ids.map(() => 8),
    types: [{ id: 3, name: 'number' }],
    typeIds: ids.map(() => 3),
    results: inline ? { block: new Uint8Array(ids.length * 2), ends: ids.map((_, row) => (row + 1) * 2) } : null,
  };
}

const erred = (ids: number[]): Message => ({ op: 'keys-erred', ids, blame: 'x', worker: 'tcp://w', failure });
const cancelled = (ids: number[]): Message => ({ op: 'keys-cancelled', ids, reason: 'why', message: '' });

describe('handleMessage', () => {
  it('finishes a future with its size, its type and a small result that came along', () => {
    const state = createClientState();
    hold(state, 'other');
    const record = hold(state, 'x');
    expect(handleMessage(state, inMemory([0, 1], true))).toContain(record);
    expect(record).toMatchObject({ status: 'finished', nbytes: 8, typeName: 'number', start: 2, end: 4 });
  });

  it('makes a future pending again when its result is lost, and settles it anew', () => {
    const state = createClientState();
    const record = hold(state, 'x');
    handleMessage(state, inMemory([record.id], true));
    handleMessage(state, { op: 'keys-lost', ids: [record.id] });
    expect(record).toMatchObject({ status: 'pending', block: null });
    expect(handleMessage(state, inMemory([record.id], false))).toEqual([record]);
  });

  it('leaves a future cancelled whatever its task came to', () => {
    const state = createClientState();
    const record = hold(state, 'x');
    handleMessage(state, cancelled([record.id]));
    handleMessage(state, erred([record.id]));
    handleMessage(state, { op: 'keys-lost', ids: [record.id] });
    expect(record.status).toBe('cancelled');
  });

  it('settles what a refused graph would have made, with the reason', () => {
    const state = createClientState();
    const record = hold(state, 'x');
    const refused: Message = {
      op: 'graph-refused',
      graphId: 0,
      ids: [record.id],
      code: 'GRID_X',
      message: 'no',
      details: {},
    };
    expect(handleMessage(state, refused)).toEqual([record]);
    expect(record.reason).toBe('GRID_X: no');
  });

  it('keeps its invariants under any messages in any order, and tells every waiter exactly once', () => {
    const event = fc.oneof(
      fc.record({
        kind: fc.constantFrom('memory', 'inline', 'erred', 'cancelled', 'lost', 'retried'),
        ids: fc.array(fc.nat(9)),
      }),
      fc.record({ kind: fc.constant('release' as const), ids: fc.array(fc.nat(9), { maxLength: 2 }) }),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        const state = createClientState();
        const told = new Map<FutureRecord, number>();
        for (let index = 0; index < 8; index += 1) {
          const record = hold(state, `k${String(index)}`);
          addWaiter(record, { onSettled: (settled) => told.set(settled, (told.get(settled) ?? 0) + 1) });
        }
        for (const { kind, ids } of events) {
          if (kind === 'release') {
            for (const id of ids) {
              const record = state.byId.get(id);
              if (record !== undefined) dropReference(state, record);
            }
          } else for (const record of handleMessage(state, messageOf(kind, ids))) notifyWaiters(record);
          validateClientState(state);
        }
        for (const record of loseScheduler(state, 'gone')) notifyWaiters(record);
        for (const [, record] of state.byId.entries()) {
          expect(record.isSettled).toBe(true);
          expect(told.get(record)).toBe(1);
        }
      }),
    );
  });
});

function messageOf(kind: string, ids: number[]): Message {
  switch (kind) {
    case 'memory':
    case 'inline':
      return inMemory(ids, kind === 'inline');
    case 'erred':
      return erred(ids);
    case 'cancelled':
      return cancelled(ids);
    case 'lost':
      return { op: 'keys-lost', ids };
    default:
      return { op: 'keys-retried', ids };
  }
}
