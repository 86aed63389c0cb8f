import { encodeError, errorText, type MessageWith } from '@grid/protocol';
import type { MessageRun } from '@grid/rpc';

import { isSchedulerFailure, type FailurePart, type FailureRecord } from '../../core/failure-record.js';
import { SchedulerError } from '../../errors.js';

/** A batch of client numbers that failed for one reason. */
export class KeysErredRun implements MessageRun {
  readonly op = 'keys-erred';
  readonly failure: FailureRecord;
  readonly #ids: number[] = [];
  /** Set when the next one fails for another reason. */
  isFull = false;

  constructor(failure: FailureRecord) {
    this.failure = failure;
  }

  get byteLength(): number {
    return this.#ids.length * 8;
  }

  add(id: number): void {
    this.#ids.push(id);
  }

  finish(): MessageWith<'keys-erred'> {
    const { key, worker } = this.failure;
    return { op: this.op, ids: this.#ids, blame: key, worker, failure: failurePartOf(this.failure) };
  }
}

/** A task's own error as it came; one that the scheduler found, encoded as a task's would be. */
function failurePartOf({ cause }: FailureRecord): FailurePart {
  if (!isSchedulerFailure(cause)) return cause;
  const error = new SchedulerError(cause.code, cause.message, { details: cause.details });
  const { name, message, stack = '' } = errorText(error);
  return { error: encodeError(error), name, message, stack };
}
