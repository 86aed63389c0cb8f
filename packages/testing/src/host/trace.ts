import { hashText, mixInto } from './random.js';

/** One thing that happened. */
export interface TraceLine {
  readonly time: number;
  readonly process: string;
  readonly text: string;
}

/**
 * What happened, as one number for all of it and as lines for the last part. Two runs of one seed have the same number, or
 * something in them came from outside of the simulation.
 */
export class Trace {
  readonly #capacity: number;
  readonly #lines: (TraceLine | undefined)[];
  /** Whether anybody is going to read remarks. */
  readonly isDetailed: boolean;
  #count = 0;
  #low = 0x51ed270b;
  #high = 0x2545f491;

  /**
   * @param capacity - Lines that are remembered.
   * @param isDetailed - Whether anybody is going to read remarks.
   */
  constructor(capacity: number, isDetailed = false) {
    this.isDetailed = isDetailed;
    this.#capacity = capacity;
    this.#lines = new Array<TraceLine | undefined>(capacity);
  }

  /** Everything so far as 16 hexadecimal digits. */
  get hash(): string {
    return [this.#high, this.#low].map((part) => (part >>> 0).toString(16).padStart(8, '0')).join('');
  }

  /** How many lines there were. */
  get count(): number {
    return this.#count;
  }

  /** Notes one line. */
  add(time: number, process: string, text: string): void {
    // A tenth of a microsecond tells more than any two events differ by.
    const word = hashText(text, hashText(process, Math.round(time * 1e4)));
    this.#low = mixInto(this.#low, word);
    this.#high = mixInto(this.#high, word ^ this.#low);
    this.remark(time, process, text);
  }

  /** Notes one line for those who read, which is no part of the number. */
  remark(time: number, process: string, text: string): void {
    if (this.#capacity > 0) this.#lines[this.#count % this.#capacity] = { time, process, text };
    this.#count += 1;
  }

  /** The remembered lines, the oldest first. */
  lines(): TraceLine[] {
    const first = Math.max(0, this.#count - this.#capacity);
    return Array.from(
      { length: this.#count - first },
      (_, index) => this.#lines[(first + index) % this.#capacity] as TraceLine,
    );
  }
}
