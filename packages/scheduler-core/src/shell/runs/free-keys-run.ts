import type { MessageWith } from '@grid/protocol';
import type { MessageRun } from '@grid/rpc';

/** A batch of tasks that a worker is neither to compute nor to keep. */
export class FreeKeysRun implements MessageRun {
  readonly op = 'free-keys';
  readonly #taskIds: number[] = [];
  #stimulusId = 0;

  get byteLength(): number {
    return this.#taskIds.length * 8;
  }

  add(taskId: number, stimulusId: number): void {
    this.#taskIds.push(taskId);
    // A batch may gather more than one cause; the last one is as good as any to find it in the story.
    this.#stimulusId = stimulusId;
  }

  finish(): MessageWith<'free-keys'> {
    return { op: this.op, taskIds: this.#taskIds, stimulusId: this.#stimulusId };
  }
}
