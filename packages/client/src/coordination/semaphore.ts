import { badOption } from '../check-arguments.js';
import type { WaitLimit } from '../wait-limit.js';
import { Lease, type LeaseRequest } from './lease.js';
import { Named, type NamedOptions } from './named.js';

/**
 * Something that only so many clients and tasks of a cluster hold at a time: connections to a database, say. First come,
 * first served.
 *
 * @example
 * ```ts
 * const connections = new Semaphore(4, 'database');
 * await using lease = await connections.acquire({ timeout: '1 min' });
 * ```
 *
 * @source dask.distributed `Semaphore`. A lease is an object of its own, and tells when it was lost.
 */
export class Semaphore extends Named {
  /** How many may hold it at a time. */
  readonly maxLeases: number;

  /** @param maxLeases - All who use the name have to say the same. */
  constructor(maxLeases: number, name?: string, options: NamedOptions = {}) {
    super(name, options);
    if (!Number.isSafeInteger(maxLeases) || maxLeases < 1) {
      throw badOption('maxLeases', maxLeases, 'a whole number from 1 on');
    }
    this.maxLeases = maxLeases;
  }

  /**
   * Waits until it can be held.
   *
   * @throws {@link ClientError} `GRID_CLIENT_TIMEOUT`; `GRID_SCHEDULER_CAPACITY_DIFFERS`; the signal's reason.
   */
  async acquire(limit: WaitLimit = {}): Promise<Lease> {
    return Lease.acquire(this.place, this.#request, limit);
  }

  /** A lease if one is free now, and nobody waits for it. */
  async tryAcquire(): Promise<Lease | undefined> {
    return Lease.tryAcquire(this.place, this.#request);
  }

  /** How many hold it now. */
  async value(): Promise<number> {
    const { value } = await this.place.calls.call(
      { op: 'count-leases', name: this.name },
      { what: this.#request.what },
    );
    return value;
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
    return { what: `the semaphore '${this.name}'`, names: [this.name], count: 1, capacity: this.maxLeases };
  }

  static [Symbol.for('grid.serialize')]({ maxLeases, name }: Semaphore): [number, string] {
    return [maxLeases, name];
  }

  static [Symbol.for('grid.deserialize')]([maxLeases, name]: [number, string]): Semaphore {
    return new Semaphore(maxLeases, name);
  }
}
