import { asKey, type Key } from '@grid/common';
import type { MessageWith } from '@grid/protocol';

/**
 * - `pending`: not computed yet, or being computed again after its result was lost.
 * - `finished`: the result is on the cluster.
 * - `error`: the task, or one that it needed, failed.
 * - `cancelled`: given up by somebody.
 * - `lost`: the scheduler is gone and no other came in its place, or the client was closed.
 */
export type FutureStatus = 'pending' | 'finished' | 'error' | 'cancelled' | 'lost';

/** The {@link FutureRecord.reason} of those whose client was closed. */
export const CLIENT_CLOSED = 'the client was closed';

/** Why a task failed, still encoded. */
export interface TaskFailure {
  readonly failure: MessageWith<'keys-erred'>['failure'];
  /** The task that failed first; others failed for want of it. */
  readonly blame: string;
  readonly worker: string;
}

/** Somebody who wants to know when a record is no longer `pending`. */
export interface Waiter {
  onSettled(record: FutureRecord): void;
}

/** Keys that are one text and numbers from 0 on, of which each is one client id: those of a map of tasks that are never shared. */
export interface NumberedKeys {
  readonly prefix: string;
  /** The client id of number 0. */
  readonly firstId: number;
  /** How many of them have a record. */
  live: number;
}

/** What this client knows of one key; all {@link Future | futures} of the key share it. */
export class FutureRecord {
  status: FutureStatus = 'pending';
  /** How many live futures there are; at 0 the scheduler is told and the record is dropped. */
  references = 0;
  /** Size of the result in bytes; -1 while unknown. */
  nbytes = -1;
  typeName: string | null = null;
  /** A small result that came along: `block[start, end)`. */
  block: Uint8Array | null = null;
  start = 0;
  end = 0;
  failure: TaskFailure | null = null;
  /** For `cancelled` and `lost`: by whom and why. */
  reason: string | null = null;
  /** One waiter is the common case and needs no list. */
  waiters: Waiter | Waiter[] | null = null;

  /** Of which keys this is one; `null` if it stands for itself. */
  readonly numbered: NumberedKeys | null;
  #key: Key | null;

  /**
   * @param id - The number of this key on the connection.
   * @param name - The key, or, for tasks of a numbered map, those of all of them.
   */
  constructor(
    readonly id: number,
    name: string | NumberedKeys,
  ) {
    this.numbered = typeof name === 'string' ? null : name;
    this.#key = typeof name === 'string' ? asKey(name) : null;
  }

  /** The task's name on the cluster. Those of a map are written out when somebody asks. */
  get key(): Key {
    if (this.#key === null) {
      const { prefix, firstId } = this.numbered as NumberedKeys;
      this.#key = asKey(prefix + String(this.id - firstId));
    }
    return this.#key;
  }

  get isSettled(): boolean {
    return this.status !== 'pending';
  }
}

/** Asks to be told once when `record` settles. */
export function addWaiter(record: FutureRecord, waiter: Waiter): void {
  if (record.waiters === null) record.waiters = waiter;
  else if (Array.isArray(record.waiters)) record.waiters.push(waiter);
  else record.waiters = [record.waiters, waiter];
}

/** Takes a waiter back, as somebody does whose own wait ended early. */
export function removeWaiter(record: FutureRecord, waiter: Waiter): void {
  if (record.waiters === waiter) record.waiters = null;
  else if (Array.isArray(record.waiters)) {
    const index = record.waiters.indexOf(waiter);
    if (index >= 0) record.waiters.splice(index, 1);
  }
}

/** Tells all waiters, once. */
export function notifyWaiters(record: FutureRecord): void {
  const { waiters } = record;
  if (waiters === null) return;
  record.waiters = null;
  if (Array.isArray(waiters)) for (const waiter of waiters) waiter.onSettled(record);
  else waiters.onSettled(record);
}
