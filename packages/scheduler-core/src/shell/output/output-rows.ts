import { textColumn, type MessageWith } from '@grid/protocol';

import type { OutputEntry } from '../../core/output/output-book.js';

type Rows = MessageWith<'output-written'>['rows'];

/** What a row takes besides its text, about, in bytes. */
const ROW_OVERHEAD = 64;

/** Collects pieces of output for one message. */
export class OutputRows {
  readonly #keys: string[] = [];
  readonly #workers = new Map<string, number>();
  readonly #workerIndexes: number[] = [];
  readonly #sources: number[] = [];
  readonly #times: number[] = [];
  readonly #texts: string[] = [];
  /** About how large they are. */
  byteLength = 0;

  add(key: string, { at, worker, source, text }: OutputEntry): void {
    let index = this.#workers.get(worker);
    if (index === undefined) this.#workers.set(worker, (index = this.#workers.size));
    this.#keys.push(key);
    this.#workerIndexes.push(index);
    this.#sources.push(source);
    this.#times.push(at);
    this.#texts.push(text);
    this.byteLength += key.length + text.length + ROW_OVERHEAD;
  }

  toRows(): Rows {
    return {
      keys: textColumn(this.#keys),
      workers: [...this.#workers.keys()],
      workerIndexes: this.#workerIndexes,
      sources: this.#sources,
      times: this.#times,
      texts: textColumn(this.#texts),
    };
  }
}
