import { badValue } from './byte-source.js';

/** Memory that holds a view or buffer. */
export interface ReceivedRange {
  readonly memory: ArrayBufferLike;
  readonly start: number;
  readonly length: number;
}

/** Out-of-band buffers of one value, and the memory that its views have used so far. */
export class ReceivedBuffers {
  #buffers: readonly Uint8Array[] = [];
  #ranges: ReceivedRange[] = [];

  begin(buffers: readonly Uint8Array[]): void {
    this.#buffers = buffers;
  }

  end(): void {
    this.#buffers = [];
    if (this.#ranges.length > 0) this.#ranges = [];
  }

  get(index: number): Uint8Array {
    const buffer = index < this.#buffers.length ? this.#buffers[index] : undefined;
    if (buffer === undefined) throw badValue('they refer to a buffer that did not come with them');
    return buffer;
  }

  range(index: number): ReceivedRange {
    const range = index < this.#ranges.length ? this.#ranges[index] : undefined;
    if (range === undefined) throw badValue('they refer to memory that is not there');
    return range;
  }

  add(range: ReceivedRange): ReceivedRange {
    this.#ranges.push(range);
    return range;
  }
}
