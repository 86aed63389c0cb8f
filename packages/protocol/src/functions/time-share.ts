import { systemClock } from '@grid/common';

/** How much time something costly may take beside everything else. */
export interface TimeShareOptions {
  /** Part of all time that it may take. */
  readonly share: number;
  /** How many milliseconds it may take at once, when it has not been done for a while. */
  readonly savedMsMax: number;
}

/** Lets something costly be done only so often that it takes a small part of the time, unless it leads to something. */
export class TimeShare {
  readonly #options: TimeShareOptions;
  #savedMs: number;
  #savedAt = systemClock.now();

  constructor(options: TimeShareOptions) {
    this.#options = options;
    this.#savedMs = options.savedMsMax;
  }

  /**
   * Does it if there is time left for it.
   * @param run - tells whether it was worth it: only what was in vain takes of the time
   */
  spend(run: () => boolean): void {
    const { share, savedMsMax } = this.#options;
    const start = systemClock.now();
    this.#savedMs = Math.min(savedMsMax, this.#savedMs + (start - this.#savedAt) * share);
    this.#savedAt = start;
    if (this.#savedMs <= 0) return;
    if (!run()) this.#savedMs -= systemClock.now() - start;
  }
}
