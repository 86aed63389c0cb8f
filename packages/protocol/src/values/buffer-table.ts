const NO_BUFFERS: readonly Uint8Array[] = [];

/** Memory that has been sent: later views of it refer to it. */
interface SentRange {
  readonly memory: ArrayBufferLike;
  readonly start: number;
  readonly end: number;
}

/** Buffers of one value that travel beside its body, and which memory has been sent. */
export class BufferTable {
  #outOfBand: Uint8Array[] | undefined;
  #ranges: SentRange[] = [];

  /** The buffers so far; the table gives them away. */
  take(): readonly Uint8Array[] {
    return this.#outOfBand ?? NO_BUFFERS;
  }

  /** Adds a buffer and tells its number. */
  push(bytes: Uint8Array): number {
    this.#outOfBand ??= [];
    return this.#outOfBand.push(bytes) - 1;
  }

  /** Number of a range sent before that holds this one, or -1. */
  find(memory: ArrayBufferLike, start: number, end: number): number {
    // A value has few views, nearly always; looking for aliases must not become slow where it has many.
    const first = Math.max(0, this.#ranges.length - 64);
    for (let i = this.#ranges.length - 1; i >= first; i--) {
      const range = this.#ranges[i] as SentRange;
      if (range.memory === memory && range.start <= start && end <= range.end) return i;
    }
    return -1;
  }

  startOf(index: number): number {
    return (this.#ranges[index] as SentRange).start;
  }

  sent(memory: ArrayBufferLike, start: number, end: number): void {
    this.#ranges.push({ memory, start, end });
  }

  end(): void {
    this.#outOfBand = undefined;
    if (this.#ranges.length > 0) this.#ranges = [];
  }
}
