import type { MessageWith } from '@grid/protocol';
import type { MessageRun } from '@grid/rpc';

import type { CancelReason } from '../../core/scheduler-output.js';

const MESSAGES: Readonly<Record<CancelReason, string>> = {
  cancelled: 'it was cancelled',
  'lost-data': 'data that it needs was lost with its worker and cannot be computed again',
  restarted: 'the cluster was restarted',
  'unknown-key': 'no task of this key is known; submit it again',
};

/** A batch of client numbers of which nothing will come any more, for one reason. */
export class KeysCancelledRun implements MessageRun {
  readonly op = 'keys-cancelled';
  readonly #reason: CancelReason;
  readonly #ids: number[] = [];
  /** Set when the next one is cancelled for another reason. */
  isFull = false;

  constructor(reason: CancelReason) {
    this.#reason = reason;
  }

  get reason(): CancelReason {
    return this.#reason;
  }

  get byteLength(): number {
    return this.#ids.length * 8;
  }

  add(id: number): void {
    this.#ids.push(id);
  }

  finish(): MessageWith<'keys-cancelled'> {
    return { op: this.op, ids: this.#ids, reason: this.#reason, message: MESSAGES[this.#reason] };
  }
}
