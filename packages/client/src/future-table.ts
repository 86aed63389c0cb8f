import { asKey, type Key } from '@grid/common';

import {
  addNumberedRecords,
  addRecord,
  dropReference,
  findRecord,
  removeRecord,
  type ClientState,
} from './core/client-state.js';
import { notifyWaiters, type FutureRecord } from './core/future-record.js';
import { ActorHandle } from './actors/actor-handle.js';
import { badArgument } from './check-arguments.js';
import { ClientError } from './errors.js';
import { foreignFuture, FutureHandle, type FutureHost } from './future-handle.js';
import { isFuture, type Future } from './future.js';
import type { FutureScope } from './future-scope.js';
import type { Outbox } from './shell/outbox.js';

/** What is left of a future that was collected as garbage: its record, and the task that made it, if one did. */
type Remains = FutureRecord | { readonly record: FutureRecord; readonly scope: FutureScope };

/**
 * The futures of one client: hands them out, counts them, and tells the scheduler when the last of a key is gone.
 *
 * A future that is collected as garbage without having been released is released then. That is the safety net, not
 * the plan: nobody knows when it happens.
 */
export class FutureTable {
  readonly #state: ClientState;
  readonly #outbox: Outbox;
  readonly #host: FutureHost;
  readonly #scope: () => FutureScope | null;
  readonly #collected = new FinalizationRegistry<Remains>((remains) => {
    if ('scope' in remains) this.#releaseScoped(remains.record, remains.scope);
    else this.releaseRecord(remains);
  });

  /** @param scope - what futures that are handed out now end with */
  constructor(state: ClientState, outbox: Outbox, host: FutureHost, scope: () => FutureScope | null) {
    this.#state = state;
    this.#outbox = outbox;
    this.#host = host;
    this.#scope = scope;
  }

  /** The record of `key`, if somebody here holds a future of it. */
  find(key: string): FutureRecord | undefined {
    return findRecord(this.#state, asKey(key));
  }

  /** The record behind a future of this client, or behind a handle of an actor; `undefined` for anything else. */
  recordOf(value: object): FutureRecord | undefined {
    if (value instanceof FutureHandle) return value.recordFor(this.#host);
    if (value instanceof ActorHandle) return ActorHandle.futureOf(value).recordFor(this.#host);
    if (isFuture(value)) throw foreignFuture(value.key);
    return undefined;
  }

  /** A new record for a key that nobody here holds. The caller sends its definition. */
  create(key: Key, id?: number): FutureRecord {
    return addRecord(this.#state, key, id);
  }

  /** New records for a map whose keys are `prefix` and a number. The caller sends their definitions. */
  createNumbered(prefix: string, count: number): FutureRecord[] {
    return addNumberedRecords(this.#state, prefix, count);
  }

  /** Forgets a cancelled record whose key is submitted anew; its futures stay cancelled and release nothing. */
  detach(record: FutureRecord): void {
    removeRecord(this.#state, record);
    if (this.#state.lostReason === null) this.#outbox.release(record.id);
  }

  /** A new future of `record`, which ends with `scope` if there is one. */
  handOut<T>(record: FutureRecord, scope = this.#scope()): Future<T> {
    record.references += 1;
    const handle = new FutureHandle<T>(this.#host, record, scope);
    scope?.add(record);
    this.#collected.register(handle, scope === null ? record : { record, scope }, handle);
    return handle;
  }

  /** Lets go of all futures of a task that is over. */
  endScope(scope: FutureScope): void {
    scope.end((record) => this.releaseRecord(record));
  }

  /** Lets go of one future. */
  release(handle: FutureHandle<unknown>, record: FutureRecord, scope: FutureScope | null): void {
    this.#collected.unregister(handle);
    if (scope === null) this.releaseRecord(record);
    else this.#releaseScoped(record, scope);
  }

  #releaseScoped(record: FutureRecord, scope: FutureScope): void {
    if (scope.remove(record)) this.releaseRecord(record);
  }

  /** Takes one reference that no handle stands for. */
  hold(record: FutureRecord): void {
    record.references += 1;
  }

  /** Lets go of one reference that no handle stands for any more. */
  releaseRecord(record: FutureRecord): void {
    if (this.#state.byId.get(record.id) !== record) return;
    if (!dropReference(this.#state, record)) return;
    if (this.#state.lostReason === null) this.#outbox.release(record.id);
    // Whoever still waits for it, or fetches it, is to hear that it was let go, and not that it was lost.
    if (record.status === 'pending' || record.status === 'finished') {
      record.status = 'cancelled';
      record.reason = 'its future was released';
      notifyWaiters(record);
    }
  }

  /** Gives keys up, for this client or for all. */
  cancel(records: readonly FutureRecord[], reason: string, force: boolean): void {
    const ids: number[] = [];
    for (const record of records) {
      if (record.status === 'lost') continue;
      ids.push(record.id);
      record.status = 'cancelled';
      record.reason = reason;
      record.block = null;
      record.failure = null;
      notifyWaiters(record);
    }
    if (ids.length > 0) this.#outbox.send({ op: 'cancel-keys', ids, force, reason });
  }

  /** Runs failed tasks again. */
  retry(records: readonly FutureRecord[]): void {
    const ids: number[] = [];
    for (const record of records) {
      if (record.status !== 'error') continue;
      ids.push(record.id);
      record.status = 'pending';
      record.failure = null;
    }
    if (ids.length > 0) this.#host.retryKeys(ids);
  }

  /** The records of what a call was given; see {@link FutureTable.require}. */
  requireAll(futures: Iterable<Future<unknown>>): FutureRecord[] {
    if (typeof (futures as Partial<Iterable<unknown>> | null | undefined)?.[Symbol.iterator] !== 'function') {
      throw badArgument('futures are given as an array, a single one as `[future]`', futures);
    }
    return Array.from(futures, (future) => this.require(future));
  }

  /** The record of a future, or an error that says why it cannot be used. */
  require(future: Future<unknown>): FutureRecord {
    const record = this.recordOf(future);
    if (record !== undefined) return record;
    throw new ClientError('GRID_CLIENT_FOREIGN_FUTURE', 'a value that is not a future of this client was given as one');
  }
}
