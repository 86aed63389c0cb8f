import type { MessageWith } from '@grid/protocol';
import type { MessageRun } from '@grid/rpc';

import type { TaskRecord } from '../../core/records.js';
import { membersOf } from '../../core/relation.js';
import { WorkerParts } from './worker-parts.js';

/** A batch of answers to a worker that asked who holds what. */
export class RefreshWhoHasRun implements MessageRun {
  readonly op = 'refresh-who-has';
  readonly #workers: WorkerParts;
  readonly #taskIds: number[] = [];
  readonly #ends: number[] = [];
  readonly #holders: number[] = [];
  #stimulusId = 0;

  constructor(introduced: Set<number>) {
    this.#workers = new WorkerParts(introduced);
  }

  get byteLength(): number {
    return (this.#taskIds.length + this.#holders.length) * 8;
  }

  add(task: TaskRecord, stimulusId: number): void {
    this.#taskIds.push(task.id);
    for (const holder of membersOf(task.whoHas)) this.#holders.push(this.#workers.numberOf(holder));
    this.#ends.push(this.#holders.length);
    this.#stimulusId = stimulusId;
  }

  finish(): MessageWith<'refresh-who-has'> {
    return {
      op: this.op,
      workers: this.#workers.parts,
      taskIds: this.#taskIds,
      holders: { ends: this.#ends, ids: this.#holders },
      stimulusId: this.#stimulusId,
    };
  }
}
