import type { MessageWith } from '@grid/protocol';
import type { MessageRun } from '@grid/rpc';

type Word = 'free-keys' | 'remove-replicas';

/** A batch of tasks about which a worker is told one thing: that they are not wanted, or that copies of them are too many. */
export class TaskIdsRun implements MessageRun {
  readonly op: Word;
  readonly #taskIds: number[] = [];
  #stimulusId = 0;

  constructor(op: Word) {
    this.op = op;
  }

  get byteLength(): number {
    return this.#taskIds.length * 8;
  }

  add(taskId: number, stimulusId: number): void {
    this.#taskIds.push(taskId);
    // A batch may gather more than one cause; the last one is as good as any to find it in the story.
    this.#stimulusId = stimulusId;
  }

  finish(): MessageWith<Word> {
    return { op: this.op, taskIds: this.#taskIds, stimulusId: this.#stimulusId };
  }
}
