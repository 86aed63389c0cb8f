import { badArgument, checkName } from '../check-arguments.js';
import type { WaitLimit } from '../wait-limit.js';
import { Lease, type LeaseRequest } from './lease.js';
import { findPlace, type PlaceOwner } from './meeting-place.js';
import type { NamedOptions } from './named.js';

/** Bounds a wait for several locks, and says how many of them are enough. */
export interface MultiLockLimit extends WaitLimit {
  /** How many of the locks are wanted. Default: all. */
  readonly count?: number;
}

/**
 * Several locks that are held all at once or not at all, so that nobody who holds one waits for another. Its names are
 * those of {@link Lock}s.
 *
 * @example
 * ```ts
 * await using lease = await new MultiLock(['from', 'to']).acquire();
 * ```
 *
 * @source dask.distributed `MultiLock`, whose locks have names of their own, and stay locked if their holder dies.
 */
export class MultiLock {
  readonly names: readonly string[];
  readonly #client: PlaceOwner | undefined;

  constructor(names: readonly string[], { client }: NamedOptions = {}) {
    if (typeof (names as unknown) !== 'object' || !(names.length > 0))
      throw badArgument("a MultiLock is of some names, as in `new MultiLock(['from', 'to'])`", names);
    for (const name of names) checkName(name);
    this.names = [...names];
    this.#client = client;
  }

  /**
   * Waits until `count` of the locks are free at a time, and holds them. {@link Lease.names} says which.
   *
   * @throws {@link ClientError} `GRID_CLIENT_TIMEOUT`; the signal's reason.
   */
  async acquire({ count, ...limit }: MultiLockLimit = {}): Promise<Lease> {
    return Lease.acquire(findPlace(this.#client), this.#request(count), limit);
  }

  /** The locks if they are free now. */
  async tryAcquire(count?: number): Promise<Lease | undefined> {
    return Lease.tryAcquire(findPlace(this.#client), this.#request(count));
  }

  /** Holds it while `fn` runs, and gives it back however that ends. */
  async hold<Result>(fn: (lease: Lease) => Result, limit: MultiLockLimit = {}): Promise<Awaited<Result>> {
    const lease = await this.acquire(limit);
    try {
      return await fn(lease);
    } finally {
      await lease[Symbol.asyncDispose]();
    }
  }

  #request(count = this.names.length): LeaseRequest {
    return { what: `the locks ${this.names.join(', ')}`, names: this.names, count, capacity: 1 };
  }

  static [Symbol.for('grid.serialize')]({ names }: MultiLock): readonly string[] {
    return names;
  }

  static [Symbol.for('grid.deserialize')](names: readonly string[]): MultiLock {
    return new MultiLock(names);
  }
}
