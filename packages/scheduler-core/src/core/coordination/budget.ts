/** What a name costs besides its value, in bytes, about. */
const NAME_BYTES = 256;

/** How much clients and tasks may leave with the scheduler, in bytes. */
export class Budget {
  readonly max: number;
  #used = 0;

  constructor(max: number) {
    this.max = max;
  }

  get used(): number {
    return this.#used;
  }

  /** Takes room for some bytes; `false` if there is none. */
  take(bytes: number): boolean {
    if (this.#used + bytes + NAME_BYTES > this.max) return false;
    this.#used += bytes + NAME_BYTES;
    return true;
  }

  /** Gives back the room for some bytes that was taken in one go. */
  give(bytes: number): void {
    this.#used -= bytes + NAME_BYTES;
  }
}
