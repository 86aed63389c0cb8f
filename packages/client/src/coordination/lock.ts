import type { WaitLimit } from '../wait-limit.js';
import { Lease, type LeaseRequest } from './lease.js';
import { Named, type NamedOptions } from './named.js';

/**
 * Something that one client or task of a cluster holds at a time. Not re-entrant. First come, first served.
 *
 * @example
 * ```ts
 * const lock = new Lock('report.csv');
 * await using lease = await lock.acquire();
 * ```
 *
 * @source dask.distributed `Lock`.
 */
export class Lock extends Named {
  constructor(name?: string, options: NamedOptions = {}) {
    super(name, options);
  }

  /**
   * Waits until nobody else holds it.
   *
   * @throws {@link ClientError} `GRID_CLIENT_TIMEOUT`; the signal's reason.
   */
  async acquire(limit: WaitLimit = {}): Promise<Lease> {
    return Lease.acquire(this.place, this.#request, limit);
  }

  /** The lock if it is free now. */
  async tryAcquire(): Promise<Lease | undefined> {
    return Lease.tryAcquire(this.place, this.#request);
  }

  /** Whether anybody holds it now. */
  async isLocked(): Promise<boolean> {
    const { value } = await this.place.calls.call(
      { op: 'count-leases', name: this.name },
      { what: this.#request.what },
    );
    return value > 0;
  }

  /** Holds it while `fn` runs, and gives it back however that ends. */
  async hold<Result>(fn: (lease: Lease) => Result, limit: WaitLimit = {}): Promise<Awaited<Result>> {
    const lease = await this.acquire(limit);
    try {
      return await fn(lease);
    } finally {
      await lease[Symbol.asyncDispose]();
    }
  }

  get #request(): LeaseRequest {
    return { what: `the lock '${this.name}'`, names: [this.name], count: 1, capacity: 1 };
  }

  static [Symbol.for('grid.serialize')]({ name }: Lock): string {
    return name;
  }

  static [Symbol.for('grid.deserialize')](name: string): Lock {
    return new Lock(name);
  }
}
