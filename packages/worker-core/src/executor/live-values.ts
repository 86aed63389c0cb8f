/** Decoded values that a thread keeps at hand, so that a task which needs what this thread has just made pays nothing. */
export class LiveValues {
  readonly #bytesMax: number;
  readonly #countMax: number;
  // A Map keeps the order of insertion: what was used last is put in anew, so the first is the one to go.
  readonly #values = new Map<number, { readonly value: unknown; readonly bytes: number }>();
  #bytes = 0;

  /** @param limits - bytes as encoded, and values */
  constructor(limits: { readonly bytesMax: number; readonly countMax: number }) {
    this.#bytesMax = limits.bytesMax;
    this.#countMax = limits.countMax;
  }

  get size(): number {
    return this.#values.size;
  }

  has(taskId: number): boolean {
    return this.#values.has(taskId);
  }

  get(taskId: number): unknown {
    const entry = this.#values.get(taskId);
    if (entry === undefined) return undefined;
    this.#values.delete(taskId);
    this.#values.set(taskId, entry);
    return entry.value;
  }

  /** @param bytes - what the value takes of this thread's own heap, about */
  set(taskId: number, value: unknown, bytes: number): void {
    this.delete(taskId);
    if (bytes > this.#bytesMax) return;
    this.#values.set(taskId, { value, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#values.keys()) {
      if (this.#bytes <= this.#bytesMax && this.#values.size <= this.#countMax) return;
      this.delete(oldest);
    }
  }

  delete(taskId: number): void {
    const entry = this.#values.get(taskId);
    if (entry === undefined) return;
    this.#bytes -= entry.bytes;
    this.#values.delete(taskId);
  }
}
