/**
 * Lets steps through in the order in which they come. One that takes time holds up those behind it, so that nothing
 * overtakes it; as long as none does, steps run at once.
 */
export class StepGate {
  readonly #onError: (error: unknown) => void;
  #waiting: (() => void)[] = [];
  /** The step that takes time. */
  #held: Promise<void> | undefined;
  #isDraining = false;
  #isClosed = false;

  /** @param onError - told what a step threw that had to wait; others throw to who brought them */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** Runs a step, now or when its turn comes. */
  run(step: () => void): void {
    if (this.#isClosed) return;
    if (this.#held !== undefined || this.#isDraining) this.#waiting.push(step);
    else step();
  }

  /** Runs a step that takes time, when its turn comes, and settles as it does. */
  hold<T>(step: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.run(() => {
        this.#held = step()
          .then(resolve, reject)
          .then(() => {
            this.#held = undefined;
            this.#drain();
          });
      });
    });
  }

  /** Begins a step when its turn comes, and lets those behind it through meanwhile. Settles as it does. */
  start<T>(step: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.run(() => {
        step().then(resolve, reject);
      });
    });
  }

  /** Resolves when everything that came before has been let through. */
  pass(): Promise<void> {
    return new Promise((resolve) => this.run(resolve));
  }

  /** Drops what waits and lets nothing through any more; whoever waits, waits in vain. Settles when nothing is under way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#waiting = [];
    await this.#held;
  }

  #drain(): void {
    this.#isDraining = true;
    let next = 0;
    for (; next < this.#waiting.length && this.#held === undefined; next += 1) {
      try {
        (this.#waiting[next] as () => void)();
      } catch (error) {
        this.#onError(error);
      }
    }
    this.#waiting.splice(0, next);
    this.#isDraining = false;
  }
}
