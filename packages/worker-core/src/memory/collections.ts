/** Why memory is collected: it may be garbage, or work waits for it. */
export type CollectionReason = 'garbage' | 'shortage';

/** Collections may take this part of the time at most. */
const PART_OF_TIME_MAX: Readonly<Record<CollectionReason, number>> = { garbage: 0.05, shortage: 0.5 };

/**
 * The collections of one process, and how much of its time they may take. Workers that share a process share its memory
 * as well: each sees what is dead of the others, and all of them together must not collect more often than one would.
 */
export class Collections {
  readonly #now: () => number;
  #endedAt = 0;
  #tookMs = 0;
  #count = 0;

  /** @param now - milliseconds of a clock that never goes back */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** How many there have been. */
  get count(): number {
    return this.#count;
  }

  /** Calls `collect`, unless the last one is too short ago. */
  run(reason: CollectionReason, collect: () => void): void {
    const start = this.#now();
    if (start < this.#endedAt + this.#tookMs / PART_OF_TIME_MAX[reason]) return;
    collect();
    this.#endedAt = this.#now();
    this.#tookMs = this.#endedAt - start;
    this.#count += 1;
  }
}

/** Those of this process. */
export const processCollections = new Collections();
