import { asKey } from '@grid/common';
import { describe, expect, it } from '@jest/globals';

import {
  addNumberedRecords,
  addRecord,
  createClientState,
  dropReference,
  findRecord,
  validateClientState,
  type ClientState,
} from './client-state.js';
import type { FutureRecord } from './future-record.js';

function withFutures(records: readonly FutureRecord[]): readonly FutureRecord[] {
  for (const record of records) record.references += 1;
  return records;
}

const find = (state: ClientState, key: string): FutureRecord | undefined => findRecord(state, asKey(key));

describe('records of a numbered map', () => {
  it('are found by the keys that others know them by, and no other key finds one', () => {
    const state = createClientState();
    withFutures([addRecord(state, asKey('alone-1'))]);
    const records = withFutures(addNumberedRecords(state, 'draw-af12-', 12));
    validateClientState(state);
    expect(records.map(({ key }) => find(state, key))).toEqual(records);
    for (const key of [
      'draw-af12-12',
      'draw-af12--1',
      'draw-af12-01',
      'draw-af12-1.5',
      'draw-af12-',
      'draw-af12',
      '7',
    ]) {
      expect(find(state, key)).toBeUndefined();
    }
  });

  it('are forgotten one by one, and with the last of them all that is known of the map', () => {
    const state = createClientState();
    const [first, second] = withFutures(addNumberedRecords(state, 'draw-af12-', 2)) as [FutureRecord, FutureRecord];
    dropReference(state, first);
    validateClientState(state);
    expect([find(state, 'draw-af12-0'), find(state, 'draw-af12-1')]).toEqual([undefined, second]);
    dropReference(state, second);
    validateClientState(state);
    expect([state.numbered.size, state.byId.size]).toEqual([0, 0]);
  });
});
