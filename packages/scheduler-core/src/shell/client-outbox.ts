import type { Link } from '@grid/rpc';

import type { FailureRecord } from '../core/failure-record.js';
import type { GraphRefusal } from '../core/graph-refusal.js';
import type { TaskRecord } from '../core/records.js';
import type { CancelReason } from '../core/scheduler-output.js';
import type { SchedulerState } from '../core/scheduler-state.js';
import { IdsRun } from './runs/ids-run.js';
import { KeysCancelledRun } from './runs/keys-cancelled-run.js';
import { KeysErredRun } from './runs/keys-erred-run.js';
import { KeysInMemoryRun } from './runs/keys-in-memory-run.js';
import type { TypeNames } from './type-names.js';

/** Keys that a refusal names at most. */
const REFUSED_KEYS_MAX = 20;

/** What is on its way to one client, in the order in which the core said it. A link that is closed takes nothing more. */
export class ClientOutbox {
  readonly #link: Link;
  readonly #state: SchedulerState;
  readonly #createMemoryRun: () => KeysInMemoryRun;
  /** The last run of its kind, which may still be open; it takes rows of one failure, or one reason, only. */
  #erredRun: KeysErredRun | null = null;
  #cancelledRun: KeysCancelledRun | null = null;

  constructor(link: Link, state: SchedulerState, typeNames: TypeNames) {
    this.#link = link;
    this.#state = state;
    const introduced = new Set<number>();
    this.#createMemoryRun = () => new KeysInMemoryRun(typeNames, introduced);
  }

  keyInMemory(id: number, task: TaskRecord): void {
    if (this.#link.isClosed) return;
    this.#link.openRun('keys-in-memory', this.#createMemoryRun).add(id, task, this.#state.arrival);
  }

  keyErred(id: number, task: TaskRecord): void {
    const { failure } = task;
    if (this.#link.isClosed || failure === null) return;
    if (this.#erredRun !== null && this.#erredRun.failure !== failure) this.#erredRun.isFull = true;
    this.#link.openRun('keys-erred', () => this.#startErredRun(failure)).add(id);
  }

  keyLost(id: number): void {
    if (!this.#link.isClosed) this.#link.openRun('keys-lost', () => new IdsRun('keys-lost')).add(id);
  }

  keyRetried(id: number): void {
    if (!this.#link.isClosed) this.#link.openRun('keys-retried', () => new IdsRun('keys-retried')).add(id);
  }

  keyCancelled(id: number, reason: CancelReason): void {
    if (this.#link.isClosed) return;
    if (this.#cancelledRun !== null && this.#cancelledRun.reason !== reason) this.#cancelledRun.isFull = true;
    this.#link.openRun('keys-cancelled', () => this.#startCancelledRun(reason)).add(id);
  }

  graphRefused({ graphId, ids, code, message, keys }: GraphRefusal): void {
    if (this.#link.isClosed) return;
    this.#link.send({
      op: 'graph-refused',
      graphId,
      ids,
      code,
      message,
      details: { keys: keys.slice(0, REFUSED_KEYS_MAX) },
    });
  }

  /** Says that the scheduler closes. */
  close(reason: string): void {
    if (!this.#link.isClosed) this.#link.send({ op: 'scheduler-closing', reason });
  }

  #startErredRun(failure: FailureRecord): KeysErredRun {
    this.#erredRun = new KeysErredRun(failure);
    return this.#erredRun;
  }

  #startCancelledRun(reason: CancelReason): KeysCancelledRun {
    this.#cancelledRun = new KeysCancelledRun(reason);
    return this.#cancelledRun;
  }
}
