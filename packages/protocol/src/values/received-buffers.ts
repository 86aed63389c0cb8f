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
  #taken: Set<number> | undefined;
  #ranges: ReceivedRange[] = [];
  /** What the memory section says, by the number of the range. */
  #fromSection: ReadonlyMap<number, ReceivedRange> | undefined;

  begin(buffers: readonly Uint8Array[]): void {
    this.#buffers = buffers;
  }

  /** Says where ranges lie whose bytes come in the memory section. */
  setSection(ranges: ReadonlyMap<number, ReceivedRange>): void {
    this.#fromSection = ranges;
  }

  end(): void {
    this.#buffers = [];
    this.#taken = undefined;
    this.#fromSection = undefined;
    if (this.#ranges.length > 0) this.#ranges = [];
  }

  /** Takes a buffer: each is meant once, or a few bytes could have a large one copied as often as they like. */
  take(index: number): Uint8Array {
    const buffer = index < this.#buffers.length ? this.#buffers[index] : undefined;
    if (buffer === undefined) throw badValue('they refer to a buffer that did not come with them');
    this.#taken ??= new Set();
    if (this.#taken.has(index)) throw badValue('they refer to a buffer twice');
    this.#taken.add(index);
    return buffer;
  }

  /** A range that was read before. */
  range(number: number): ReceivedRange {
    const range = number < this.#ranges.length ? this.#ranges[number] : undefined;
    if (range === undefined) throw badValue('they refer to memory that is not there');
    return range;
  }

  /** Where the memory section says that the next range lies. */
  nextFromSection(): ReceivedRange | undefined {
    return this.#fromSection?.get(this.#ranges.length);
  }

  add(range: ReceivedRange): ReceivedRange {
    this.#ranges.push(range);
    return range;
  }

  /** Puts other memory in the place of the range that was read last. */
  replaceLast(range: ReceivedRange): void {
    this.#ranges[this.#ranges.length - 1] = range;
  }
}
