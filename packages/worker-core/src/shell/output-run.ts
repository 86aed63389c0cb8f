import { OUTPUT_SOURCES, OUTSIDE_OF_TASKS, textColumn, type MessageWith } from '@grid/protocol';
import type { MessageRun } from '@grid/rpc';

import type { OutputPiece } from '../executor/executor.js';

/** From this size on another message begins, in bytes. */
const BYTES_MAX = 1024 * 1024;

/** What a row takes besides its texts, about, in bytes. */
const ROW_OVERHEAD = 48;

/** What tasks wrote, told in one message. */
export class OutputRun implements MessageRun {
  readonly op = 'task-output';
  readonly #taskIds: number[] = [];
  readonly #keys: string[] = [];
  readonly #sources: number[] = [];
  readonly #times: number[] = [];
  readonly #texts: string[] = [];
  byteLength = 0;

  get isFull(): boolean {
    return this.byteLength > BYTES_MAX;
  }

  add({ taskId, key, source, at, text }: OutputPiece): void {
    // Numbers below 0 are those of calls.
    this.#taskIds.push(taskId < 0 ? OUTSIDE_OF_TASKS : taskId);
    this.#keys.push(key);
    this.#sources.push(OUTPUT_SOURCES.indexOf(source));
    this.#times.push(at);
    this.#texts.push(text);
    this.byteLength += key.length + text.length + ROW_OVERHEAD;
  }

  finish(): MessageWith<'task-output'> {
    return {
      op: this.op,
      taskIds: this.#taskIds,
      keys: textColumn(this.#keys),
      sources: this.#sources,
      times: this.#times,
      texts: textColumn(this.#texts),
    };
  }
}
