import type { PathStep } from './refusal.js';

/** The rest of a value that lies too deep to be written where it stands. */
interface Rest {
  readonly write: () => void;
  /** The way to it from the rest around it. */
  readonly path: readonly PathStep[];
  readonly around: Rest | undefined;
  /** Depth of it in the whole value. */
  readonly depth: number;
  /** What the code of the value was about there. */
  readonly place: unknown;
}

/** What was put off while a value was written, in the order in which it comes behind the value. */
export class Rests {
  #list: Rest[] = [];
  #current: Rest | undefined;

  /** Depth of the rest that is being written now. */
  get depth(): number {
    return this.#current?.depth ?? 0;
  }

  /** Path of the rest that is being written now. */
  get path(): PathStep[] {
    const parts: (readonly PathStep[])[] = [];
    for (let at = this.#current; at !== undefined; at = at.around) parts.push(at.path);
    return parts.reverse().flat();
  }

  add(write: () => void, path: readonly PathStep[], place: unknown): void {
    this.#list.push({ write, path, around: this.#current, depth: this.depth + path.length, place });
  }

  /** Writes all of it, and what is put off meanwhile. */
  writeAll(returnTo: (place: unknown) => void): void {
    for (let i = 0; i < this.#list.length; i++) {
      const rest = this.#list[i] as Rest;
      this.#current = rest;
      returnTo(rest.place);
      rest.write();
    }
    this.#current = undefined;
  }

  end(): void {
    if (this.#list.length > 0) this.#list = [];
    this.#current = undefined;
  }
}
