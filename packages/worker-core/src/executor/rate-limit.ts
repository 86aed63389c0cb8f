/** How much may pass. */
export interface RateLimitOptions {
  /** In a second, in the long run. */
  readonly perSecond: number;
  /** At once, after a while in which nothing passed. */
  readonly burst: number;
}

/** Lets so much of something pass in a second, and no more. */
export class RateLimit {
  readonly #options: RateLimitOptions;
  readonly #now: () => number;
  #left: number;
  #at: number;

  /** @param now - milliseconds of a clock that only goes forward */
  constructor(options: RateLimitOptions, now: () => number) {
    this.#options = options;
    this.#now = now;
    this.#left = options.burst;
    this.#at = now();
  }

  /** Whether `amount` may pass now. The last that passes may be larger than what was left. */
  take(amount: number): boolean {
    const { perSecond, burst } = this.#options;
    const now = this.#now();
    this.#left = Math.min(burst, this.#left + ((now - this.#at) / 1000) * perSecond);
    this.#at = now;
    if (this.#left <= 0) return false;
    this.#left -= amount;
    return true;
  }
}
