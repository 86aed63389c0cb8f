import type { WorkerRecord } from '../records.js';
import type { TaskPrefix } from '../task-prefix.js';
import { LoadHeap, loadOf } from './load-heap.js';

/**
 * The workers that had a free slot for tasks of one prefix when one stimulus first asked for one. It holds until a worker
 * may have got room: whoever notes that forgets it.
 */
export class SlotOrder {
  readonly heap = new LoadHeap(loadOf);
  #prefix: TaskPrefix | null = null;
  #stimulusId = -1;
  #runWorker: WorkerRecord | null = null;
  #runLeft = 0;

  isOf(prefix: TaskPrefix, stimulusId: number): boolean {
    return this.#prefix === prefix && this.#stimulusId === stimulusId;
  }

  noteFilled(prefix: TaskPrefix, stimulusId: number): void {
    this.#prefix = prefix;
    this.#stimulusId = stimulusId;
    this.#runWorker = null;
  }

  /** The next tasks, `length` with the one that is given out now, are to go to `worker`. */
  beginRun(worker: WorkerRecord, length: number): void {
    this.#runWorker = worker;
    this.#runLeft = length - 1;
  }

  /** The worker that the next task is to follow the last one to, if there is one. */
  takeFromRun(): WorkerRecord | null {
    if (this.#runLeft <= 0) return null;
    this.#runLeft -= 1;
    return this.#runWorker;
  }

  forget(): void {
    this.#prefix = null;
  }
}
