/** A function in a profile: where it begins, not which line of it ran. */
export interface Frame {
  readonly name: string;
  /** The script as the engine names it; empty: the engine itself. */
  readonly url: string;
  /** From 1 on; 0: nobody knows. */
  readonly line: number;
  readonly column: number;
}

/** More different functions than this are seldom alive at a time. */
const FRAMES_MAX = 50_000;

/** Makes equal frames the same object, so that trees can be merged without comparing texts. */
export class FrameTable {
  readonly #frames = new Map<string, Frame>();

  of(name: string, url: string, line: number, column: number): Frame {
    const key = `${name}\n${url}\n${String(line)}\n${String(column)}`;
    const known = this.#frames.get(key);
    if (known !== undefined) return known;
    // Code comes and goes in a long life. Frames that are in trees stay with those; merging looks them up anew.
    if (this.#frames.size >= FRAMES_MAX) this.#frames.clear();
    const frame = { name, url, line, column };
    this.#frames.set(key, frame);
    return frame;
  }

  /** The object that stands for all frames equal to this one. */
  same({ name, url, line, column }: Frame): Frame {
    return this.of(name, url, line, column);
  }
}
