import type { MemoryFractions } from '../options.js';

/** What is seen of a worker's memory at one moment, in bytes. */
export interface MemoryView {
  /** Resident memory of the process. */
  readonly process: number;
  /** Results in memory. */
  readonly managed: number;
  /** Whether the file system refuses to take results. */
  readonly isDiskFailing: boolean;
}

/** What is to be done about it. */
export interface MemoryAction {
  /** Move so many bytes of results to disk; 0: none. */
  readonly evictBytes: number;
  /** Take nothing new. */
  readonly isPaused: boolean;
  /** Nobody needs what may still be counted: give it back to the system. */
  readonly shouldCollect: boolean;
  /** There is too much memory in use that is no result, which nothing here can do anything about. */
  readonly isUnmanagedHigh: boolean;
}

/** Who was paused takes work again this part of the limit below what it was paused at, so as not to flutter. */
const RESUME_MARGIN = 0.02;

/**
 * Decides what a worker does about its memory. Between two limits it goes on as before: it spills from the spill fraction
 * down to the target, and is paused from the pause fraction down to a little below.
 *
 * The memory of what was moved to disk is free only once the collectors of all threads have seen that nobody uses it. So
 * that not everything is moved because of that, there is a collection between two rounds.
 */
export class MemoryPolicy {
  readonly #limit: number;
  readonly #fractions: MemoryFractions;
  #isSpilling = false;
  #isPaused = false;
  #isCollected = true;

  /** @param limit - bytes; more than 0 */
  constructor(limit: number, fractions: MemoryFractions) {
    this.#limit = limit;
    this.#fractions = fractions;
  }

  /** Memory was collected since the last look. */
  noteCollected(): void {
    this.#isCollected = true;
  }

  look(view: MemoryView): MemoryAction {
    const evictBytes = this.#evictBytes(view);
    this.#isPaused = this.#shouldPause(view);
    if (evictBytes > 0) this.#isCollected = false;
    return {
      evictBytes,
      isPaused: this.#isPaused,
      shouldCollect: this.#isSpilling || this.#isPaused,
      isUnmanagedHigh: this.#isSpilling && view.process - view.managed > this.#bytesOf(this.#fractions.spill || 1),
    };
  }

  #evictBytes({ process, managed }: MemoryView): number {
    const { target, spill } = this.#fractions;
    if (spill === false) return 0;
    const goal = this.#bytesOf(target === false ? spill : target);
    if (process > this.#bytesOf(spill)) this.#isSpilling = true;
    else if (process <= goal) this.#isSpilling = false;
    if (!this.#isSpilling || !this.#isCollected) return 0;
    return Math.min(managed, Math.max(0, process - goal));
  }

  #shouldPause({ process, managed, isDiskFailing }: MemoryView): boolean {
    const { target, pause } = this.#fractions;
    // More results would have no place to go.
    if (isDiskFailing && target !== false && managed > this.#bytesOf(target)) return true;
    if (pause === false) return false;
    return process > this.#bytesOf(this.#isPaused ? pause - RESUME_MARGIN : pause);
  }

  #bytesOf(fraction: number): number {
    return fraction * this.#limit;
  }
}
