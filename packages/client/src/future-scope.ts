import type { FutureRecord } from './core/future-record.js';

/**
 * The futures that a task has made and not let go of. They end with it: a thread runs one task after the other for days,
 * and nobody knows when its collector finds what a task has left behind.
 */
export class FutureScope {
  readonly #counts = new Map<FutureRecord, number>();
  #hasEnded = false;

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  add(record: FutureRecord): void {
    this.#counts.set(record, (this.#counts.get(record) ?? 0) + 1);
  }

  /** One future of `record` is let go; `false` if all have been already. */
  remove(record: FutureRecord): boolean {
    const count = this.#counts.get(record);
    if (count === undefined) return false;
    if (count === 1) this.#counts.delete(record);
    else this.#counts.set(record, count - 1);
    return true;
  }

  /** The task is over: `release` is called once for each future that was left. */
  end(release: (record: FutureRecord) => void): void {
    this.#hasEnded = true;
    for (const [record, count] of this.#counts) for (let left = count; left > 0; left -= 1) release(record);
    this.#counts.clear();
  }
}
