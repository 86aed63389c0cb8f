import { IdTable, invariant, type Key } from '@grid/common';

import { FutureRecord, type NumberedKeys } from './future-record.js';

/**
 * What a client knows of its keys.
 *
 * Invariants, checked by {@link validateClientState}:
 * - C1: `byId` has exactly the records that have a live future; `byKey` finds them by key, but for those of numbered
 *   maps, which `numbered` finds by what their keys begin with.
 * - C2: a number is given once in the life of the connection and never again.
 * - C3: a record with an inline result is `finished`.
 * - C4: only `error` records have a failure.
 */
export interface ClientState {
  readonly byKey: Map<Key, FutureRecord>;
  /** Those of which a record is left, by what their keys begin with. */
  readonly numbered: Map<string, NumberedKeys>;
  readonly byId: IdTable<FutureRecord>;
  nextId: number;
  /** Names of result types, by their number on this connection. */
  readonly typeNames: Map<number, string>;
  /** Why nothing more can come; `null` while connected. */
  lostReason: string | null;
}

/** A client that knows of nothing. */
export function createClientState(): ClientState {
  return {
    byKey: new Map(),
    numbered: new Map(),
    byId: new IdTable(),
    nextId: 0,
    typeNames: new Map(),
    lostReason: null,
  };
}

/** Takes `count` numbers, for tasks of which not all have futures. */
export function takeIds(state: ClientState, count: number): number {
  const firstId = state.nextId;
  state.nextId += count;
  return firstId;
}

/** Makes the record of a key that this client has not seen, or has forgotten; `id` must have been taken. */
export function addRecord(state: ClientState, key: Key, id = takeIds(state, 1)): FutureRecord {
  invariant(!state.byKey.has(key), `${key} has a record already`);
  const record = new FutureRecord(id, key);
  state.byKey.set(key, record);
  state.byId.set(id, record);
  return record;
}

/** The record of `key`, if there is one. */
export function findRecord(state: ClientState, key: Key): FutureRecord | undefined {
  const record = state.byKey.get(key);
  if (record !== undefined || state.numbered.size === 0) return record;
  const end = key.lastIndexOf('-') + 1;
  const numbered = state.numbered.get(key.slice(0, end));
  if (numbered === undefined) return undefined;
  const found = state.byId.get(numbered.firstId + Number(key.slice(end)));
  return found?.numbered === numbered && found.key === key ? found : undefined;
}

/** Makes the records of a numbered map: `${prefix}0`, `${prefix}1`, …; `prefix` ends with `-`. */
export function addNumberedRecords(state: ClientState, prefix: string, count: number): FutureRecord[] {
  const firstId = takeIds(state, count);
  const records: FutureRecord[] = [];
  const numbered: NumberedKeys = { prefix, firstId, live: count };
  if (count > 0) state.numbered.set(prefix, numbered);
  for (let row = 0; row < count; row += 1) {
    const record = new FutureRecord(firstId + row, numbered);
    state.byId.set(record.id, record);
    records.push(record);
  }
  return records;
}

/** Forgets a record, whoever still holds futures of it. */
export function removeRecord(state: ClientState, record: FutureRecord): void {
  state.byId.delete(record.id);
  const { numbered } = record;
  if (numbered === null) state.byKey.delete(record.key);
  else {
    numbered.live -= 1;
    if (numbered.live === 0) state.numbered.delete(numbered.prefix);
  }
}

/** Takes one reference away; `true` if it was the last, and the record is gone. */
export function dropReference(state: ClientState, record: FutureRecord): boolean {
  invariant(record.references > 0, `${record.key} is released more often than it was taken`);
  record.references -= 1;
  if (record.references > 0) return false;
  removeRecord(state, record);
  // Released futures may be kept for long; the result must not be kept with them.
  record.block = null;
  return true;
}

/** Checks every cross-reference; for tests, and under `GRID_VALIDATE=1`. */
export function validateClientState(state: ClientState): void {
  let keyed = 0;
  for (const [id, record] of state.byId.entries()) {
    const { key } = record;
    if (record.numbered === null) keyed += 1;
    invariant(record.id === id, `C1: ${key} is found by its number`);
    invariant(findRecord(state, key) === record, `C1: ${key} is found by its key`);
    invariant(record.id < state.nextId, `C2: ${key} has a number that was given`);
    invariant(record.references > 0, `C1: ${key} has a live future`);
    invariant(record.block === null || record.status === 'finished', `C3: ${key} is ${record.status} with a result`);
    invariant((record.failure !== null) === (record.status === 'error'), `C4: ${key} is ${record.status}`);
  }
  invariant(keyed === state.byKey.size, 'C1: as many records by key as by number');
  const numbered = [...state.numbered.values()].reduce((sum, { live }) => sum + live, 0);
  invariant(keyed + numbered === state.byId.size, 'C1: as many of numbered maps as they say');
}
