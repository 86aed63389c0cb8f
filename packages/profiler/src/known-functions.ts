import type { Frame } from './frame.js';

const FUNCTIONS_MAX = 10_000;

/**
 * Which functions begin tasks of which prefix, as was seen in samples: code that goes on after an `await` has nothing on
 * its stack that says whose it is but itself.
 */
export class KnownFunctions {
  /** `null`: of several prefixes. */
  readonly #prefixes = new Map<Frame, string | null>();

  /** A task of `prefix` begins with `frame`. */
  note(frame: Frame, prefix: string): void {
    const known = this.#prefixes.get(frame);
    if (known === undefined) {
      if (this.#prefixes.size >= FUNCTIONS_MAX) this.#prefixes.clear();
      this.#prefixes.set(frame, prefix);
    } else if (known !== prefix) this.#prefixes.set(frame, null);
  }

  /**
   * The prefix of what runs with `frame` as its outermost function; empty: it cannot be told.
   *
   * @param open - prefixes of the tasks that have begun in the thread and have not ended
   */
  prefixOf(frame: Frame, open: ReadonlySet<string>): string {
    const known = this.#prefixes.get(frame);
    if (typeof known === 'string' && open.has(known)) return known;
    if (open.has(frame.name)) return frame.name;
    const [first = '', ...others] = open;
    return others.length === 0 ? first : '';
  }
}
