import type { MessageWith } from '@grid/protocol';
import type { MessageRun } from '@grid/rpc';

import { nbytesOf, type TaskRecord, type WorkerRecord } from '../../core/records.js';
import { membersOf } from '../../core/relation.js';
import { WorkerParts } from './worker-parts.js';

/** Of a result that many workers hold, this many are named: a worker that finds none of them asks. */
const HOLDERS_MAX = 16;

/** A batch of copies that a worker is to get. */
export class AcquireReplicasRun implements MessageRun {
  readonly op = 'acquire-replicas';
  readonly #workers: WorkerParts;
  readonly #taskIds: number[] = [];
  readonly #sizes: number[] = [];
  readonly #ends: number[] = [];
  readonly #holders: number[] = [];
  #stimulusId = 0;

  /** @param introduced - Workers that the recipient has been told of. */
  constructor(introduced: Set<number>) {
    this.#workers = new WorkerParts(introduced);
  }

  get byteLength(): number {
    return (2 * this.#taskIds.length + this.#holders.length) * 8;
  }

  add(task: TaskRecord, recipient: WorkerRecord, stimulusId: number): void {
    this.#taskIds.push(task.id);
    this.#sizes.push(nbytesOf(task));
    const holders = membersOf(task.whoHas);
    const count = Math.min(holders.length, HOLDERS_MAX);
    // Each recipient begins with another holder, so that not all of them go to the first.
    for (let index = 0; index < count; index += 1) {
      this.#holders.push(this.#workers.numberOf(holders[(recipient.id + index) % holders.length] as WorkerRecord));
    }
    this.#ends.push(this.#holders.length);
    this.#stimulusId = stimulusId;
  }

  finish(): MessageWith<'acquire-replicas'> {
    return {
      op: this.op,
      workers: this.#workers.parts,
      taskIds: this.#taskIds,
      sizes: this.#sizes,
      holders: { ends: this.#ends, ids: this.#holders },
      stimulusId: this.#stimulusId,
    };
  }
}
