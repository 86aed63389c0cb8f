/** Ids per chunk. */
const CHUNK_BITS = 12;
const CHUNK_SIZE = 1 << CHUNK_BITS;
const CHUNK_MASK = CHUNK_SIZE - 1;

interface Chunk<T> {
  readonly rows: (T | undefined)[];
  used: number;
}

/**
 * Things by dense number, given in rising order and never again.
 *
 * Chunks in which nothing is left are given back, so that a table of a long life takes memory for what it holds and not
 * for what it ever held. There is no limit of 2^24 entries, as a `Map` has.
 */
export class IdTable<T> {
  readonly #chunks: (Chunk<T> | undefined)[] = [];
  #size = 0;

  /** How many there are. */
  get size(): number {
    return this.#size;
  }

  get(id: number): T | undefined {
    // A peer may name any number; above 2^43 the shift below would alias.
    return this.#chunks[Math.floor(id / CHUNK_SIZE)]?.rows[id & CHUNK_MASK];
  }

  set(id: number, value: T): void {
    const index = Math.floor(id / CHUNK_SIZE);
    let chunk = this.#chunks[index];
    if (chunk === undefined) {
      this.#dropNewestIfEmpty();
      chunk = { rows: new Array<T | undefined>(id % CHUNK_SIZE === 0 ? 0 : id & CHUNK_MASK).fill(undefined), used: 0 };
      this.#chunks[index] = chunk;
    }
    const { rows } = chunk;
    const row = id & CHUNK_MASK;
    while (rows.length < row) rows.push(undefined);
    if (rows[row] === undefined) {
      chunk.used += 1;
      this.#size += 1;
    }
    rows[row] = value;
  }

  delete(id: number): void {
    const index = Math.floor(id / CHUNK_SIZE);
    const chunk = this.#chunks[index];
    const row = id & CHUNK_MASK;
    if (chunk?.rows[row] === undefined) return;
    chunk.rows[row] = undefined;
    chunk.used -= 1;
    this.#size -= 1;
    // The newest chunk stays: numbers that come and go one at a time would make and fill it anew each time.
    if (chunk.used === 0 && index < this.#chunks.length - 1) this.#chunks[index] = undefined;
  }

  /** What was the newest chunk until now is given back if nothing is left in it. */
  #dropNewestIfEmpty(): void {
    const newest = this.#chunks.length - 1;
    if (this.#chunks[newest]?.used === 0) this.#chunks[newest] = undefined;
  }

  /**
   * Shows up to `max` of them from an id on, in rising order; for those who go through a large table a little at a time.
   *
   * @returns where to go on; 0 if there are no more.
   */
  visit(from: number, max: number, look: (value: T) => void): number {
    let left = max;
    let row = from % CHUNK_SIZE;
    for (let index = Math.floor(from / CHUNK_SIZE); index < this.#chunks.length; index += 1) {
      const rows = this.#chunks[index]?.rows ?? [];
      for (; row < rows.length; row += 1) {
        const value = rows[row];
        if (value === undefined) continue;
        if (left === 0) return index * CHUNK_SIZE + row;
        left -= 1;
        look(value);
      }
      row = 0;
    }
    return 0;
  }

  /** In rising order of ids. */
  *entries(): Generator<[number, T]> {
    for (let index = 0; index < this.#chunks.length; index += 1) {
      const rows = this.#chunks[index]?.rows ?? [];
      for (let row = 0; row < rows.length; row += 1) {
        const value = rows[row];
        if (value !== undefined) yield [index * CHUNK_SIZE + row, value];
      }
    }
  }
}
