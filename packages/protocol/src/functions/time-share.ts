import { systemClock } from '@grid/common';

/** How much time something costly may take beside everything else. */
export interface TimeShareOptions {
  /** Part of all time that it may take. */
  readonly share: number;
  /** How many milliseconds it may take at once, when it has not been done for a while. */
  readonly savedMsMax: number;
}

/** Lets something costly be done only so often that it takes a small part of the time. */
export class TimeShare {
  readonly #options: TimeShareOptions;
  #savedMs: number;
  #savedAt = systemClock.now();

  constructor(options: TimeShareOptions) {
    this.#options = options;
    this.#savedMs = options.savedMsMax;
  }

  /** Does it if there is time left for it. @returns whether it was done */
  spend(run: () => void): boolean {
    const { share, savedMsMax } = this.#options;
    const start = systemClock.now();
    this.#savedMs = Math.min(savedMsMax, this.#savedMs + (start - this.#savedAt) * share);
    this.#savedAt = start;
    if (this.#savedMs <= 0) return false;
    run();
    this.#savedMs -= systemClock.now() - start;
    return true;
  }
}
