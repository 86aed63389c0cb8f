import type { TaskPrefix } from '../task-prefix.js';
import { LoadHeap } from './load-heap.js';

/**
 * The workers that had a free slot for tasks of one prefix when one stimulus first asked for one. It holds until a worker
 * may have got room: whoever notes that forgets it.
 */
export class SlotOrder {
  readonly heap = new LoadHeap();
  #prefix: TaskPrefix | null = null;
  #stimulusId = -1;

  isOf(prefix: TaskPrefix, stimulusId: number): boolean {
    return this.#prefix === prefix && this.#stimulusId === stimulusId;
  }

  noteFilled(prefix: TaskPrefix, stimulusId: number): void {
    this.#prefix = prefix;
    this.#stimulusId = stimulusId;
  }

  forget(): void {
    this.#prefix = null;
  }
}
