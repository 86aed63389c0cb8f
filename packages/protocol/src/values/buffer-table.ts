const NO_BUFFERS: readonly Uint8Array[] = [];
const NO_MEMORIES: readonly SentMemory[] = [];
const NOTHING = new Uint8Array(0);

/** Up to this many memories are looked up by a loop. */
const LINEAR_MEMORIES = 8;

/** How many of the latest views of one memory are looked at for one that the next has to do with. */
const LOOKED_AT = 8;

/** A part of some memory that a view or buffer of the value shows. */
export interface SentRange {
  /** Its place among all ranges of the value: later views refer to it by this. */
  readonly number: number;
  readonly start: number;
  readonly end: number;
  /** Size of the elements of the view: its place in memory is a multiple of that. */
  readonly alignment: number;
  /** Where its bytes are: {@link IN_SECTION}, {@link INLINE}, or in the out-of-band buffer of that number. */
  readonly place: number;
}

/** The bytes of a range come in the memory section. */
export const IN_SECTION = -2;
/** The bytes of a range stand in the value itself. */
export const INLINE = -1;

/** All that a value shows of one memory. */
export interface SentMemory {
  readonly memory: ArrayBufferLike;
  readonly ranges: SentRange[];
  /** The value holds the `ArrayBuffer` itself, so its views must be views of that one. */
  hasBuffer: boolean;
}

/** Buffers of one value that travel beside its body, and which parts of which memory it shows. */
export class BufferTable {
  #outOfBand: Uint8Array[] | undefined;
  #memories: SentMemory[] = [];
  #byMemory: Map<ArrayBufferLike, SentMemory> | undefined;
  #count = 0;
  #reserved = 0;

  /** The buffers so far; the table gives them away. */
  take(): readonly Uint8Array[] {
    return this.#outOfBand ?? NO_BUFFERS;
  }

  /** Adds a buffer and tells its number. */
  push(bytes: Uint8Array): number {
    this.#outOfBand ??= [];
    return this.#outOfBand.push(bytes) - 1;
  }

  /** Puts other bytes in the place of a buffer; without them, nothing. */
  replace(number: number, bytes: Uint8Array = NOTHING): void {
    if (this.#outOfBand !== undefined) this.#outOfBand[number] = bytes;
  }

  /** Counts what resizable buffers may grow to, and tells the sum. */
  reserve(bytes: number): number {
    this.#reserved += bytes;
    return this.#reserved;
  }

  /** What was sent of this memory before. */
  find(memory: ArrayBufferLike): SentMemory | undefined {
    if (this.#byMemory !== undefined) return this.#byMemory.get(memory);
    for (let i = 0; i < this.#memories.length; i++) {
      if (this.#memories[i]?.memory === memory) return this.#memories[i];
    }
    return undefined;
  }

  /** Begins to note what is sent of a memory. */
  add(memory: ArrayBufferLike): SentMemory {
    const sent: SentMemory = { memory, ranges: [], hasBuffer: false };
    this.#memories.push(sent);
    if (this.#byMemory !== undefined) this.#byMemory.set(memory, sent);
    else if (this.#memories.length > LINEAR_MEMORIES) {
      this.#byMemory = new Map(this.#memories.map((known) => [known.memory, known]));
    }
    return sent;
  }

  /** The number of the next range; whoever asks notes that range. */
  nextNumber(): number {
    return this.#count++;
  }

  /** The memories whose ranges may have to do with each other. */
  memories(): readonly SentMemory[] {
    // Nearly every value shows no memory at all, or one view of each.
    if (this.#count === 0) return NO_MEMORIES;
    return this.#memories.filter(({ ranges }) => ranges.length > 1 || ranges[0]?.place === IN_SECTION);
  }

  end(): void {
    this.#outOfBand = undefined;
    this.#reserved = 0;
    if (this.#count === 0) return;
    this.#memories = [];
    this.#byMemory = undefined;
    this.#count = 0;
  }
}

/** A range sent before of which this one is a part, and at whose place in memory this one's elements can lie. */
export function rangeThatHolds({ ranges }: SentMemory, start: number, end: number, alignment: number): number {
  // Looking must not become slow where a value has many views; those not found here meet in the memory section.
  for (let i = ranges.length - 1; i >= 0 && i >= ranges.length - LOOKED_AT; i--) {
    const range = ranges[i] as SentRange;
    if (range.start <= start && end <= range.end && alignment <= range.alignment) return i;
  }
  const first = ranges[0] as SentRange;
  return first.start <= start && end <= first.end && alignment <= first.alignment ? 0 : -1;
}

/** Tells whether a range shares bytes with one of the latest, or lies beside it without a gap. */
export function touchesLatest({ ranges }: SentMemory, start: number, end: number): boolean {
  for (let i = ranges.length - 1; i >= 0 && i >= ranges.length - LOOKED_AT; i--) {
    const range = ranges[i] as SentRange;
    if (start <= range.end && range.start <= end) return true;
  }
  return false;
}
