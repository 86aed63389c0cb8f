import type { LogFields, Logger } from '@grid/common';

/**
 * Log lines that strangers can cause: at most so many in a span of time, so that nobody can fill a disk from outside. The next
 * line after a gap says how many were left out.
 */
export class LimitedWarnings {
  readonly #logger: Logger;
  readonly #linesMax: number;
  readonly #spanMs: number;
  readonly #now: () => number;
  #spanEnd = -Infinity;
  #lines = 0;
  #leftOut = 0;

  constructor(logger: Logger, options: { linesMax: number; spanMs: number; now: () => number }) {
    this.#logger = logger;
    this.#linesMax = options.linesMax;
    this.#spanMs = options.spanMs;
    this.#now = options.now;
  }

  warn(fields: LogFields, text: string): void {
    const now = this.#now();
    if (now >= this.#spanEnd) {
      this.#spanEnd = now + this.#spanMs;
      this.#lines = 0;
    }
    if (this.#lines >= this.#linesMax) {
      this.#leftOut += 1;
      return;
    }
    this.#lines += 1;
    const leftOut = this.#leftOut === 0 ? {} : { leftOut: this.#leftOut };
    this.#leftOut = 0;
    this.#logger.warn({ ...fields, ...leftOut }, text);
  }
}
