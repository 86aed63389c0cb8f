import { createDeferred, type Deferred } from '@grid/common';

/** Lets so many in at a time, in the order in which they came. */
export class TaskGate {
  readonly #limit: number;
  readonly #waiting = new Set<Deferred<void>>();
  #active = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** How many are in. */
  get active(): number {
    return this.#active;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Waits for a place, which is given back by {@link TaskGate.leave}.
   *
   * @throws the signal's reason; there is no place to give back then
   */
  async enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#active < this.#limit) {
      this.#active += 1;
      return;
    }
    const turn = createDeferred<void>();
    const onAbort = (): void => {
      if (this.#waiting.delete(turn)) turn.reject(signal.reason);
    };
    this.#waiting.add(turn);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await turn.promise;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Gives a place back: to the one who has waited longest. */
  leave(): void {
    for (const turn of this.#waiting) {
      this.#waiting.delete(turn);
      turn.resolve();
      return;
    }
    this.#active -= 1;
  }
}
