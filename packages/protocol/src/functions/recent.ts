/** Keeps what was asked for lately, up to a number of entries. */
export class Recent<K, V> {
  readonly #max: number;
  readonly #entries = new Map<K, V>();

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: K): V | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) return undefined;
    // Back to the end: what was used last goes last.
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }

  /** Whether it is kept; asking does not keep it any longer. */
  has(key: K): boolean {
    return this.#entries.has(key);
  }

  set(key: K, value: V): V {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size > this.#max) this.#entries.delete(this.#entries.keys().next().value as K);
    return value;
  }

  delete(key: K): void {
    this.#entries.delete(key);
  }
}
