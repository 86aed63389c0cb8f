import { isGridError } from '@grid/common';

import type { WaitLimit } from '../wait-limit.js';
import type { CallAnswer, CallTable } from './call-table.js';
import type { MeetingPlace } from './place.js';

/** What a lease is asked of. */
export interface LeaseRequest {
  readonly what: string;
  readonly names: readonly string[];
  /** How many of the names are wanted. */
  readonly count: number;
  /** How many may hold each name at a time; 0: as many as others have said. */
  readonly capacity: number;
}

/**
 * The right to be one of those who hold something. It lasts until it is released, until the process or task ends that got
 * it, or until the scheduler has not heard of this process for its lease timeout.
 */
export class Lease implements AsyncDisposable {
  /** What is held. */
  readonly names: readonly string[];
  readonly #call: number;
  readonly #calls: CallTable;
  readonly #lost = new AbortController();
  #isHeld = true;

  private constructor(answer: CallAnswer, calls: CallTable) {
    this.names = answer.texts;
    this.#call = answer.call;
    this.#calls = calls;
    calls.keepLease(answer.call, (reason) => {
      this.#isHeld = false;
      this.#lost.abort(reason);
    });
  }

  /** Waits for a lease. @throws As {@link CallTable.call}. */
  static async acquire({ calls }: MeetingPlace, request: LeaseRequest, limit: WaitLimit): Promise<Lease> {
    const { what, ...wish } = request;
    const undo = ({ call }: CallAnswer): void => calls.tell({ op: 'release-lease', lease: call });
    const answer = await calls.call({ op: 'acquire-lease', ...wish }, { what, limit, undo });
    return new Lease(answer, calls);
  }

  /** A lease, if it can be had at once. */
  static async tryAcquire(place: MeetingPlace, request: LeaseRequest): Promise<Lease | undefined> {
    try {
      return await Lease.acquire(place, request, { timeout: 0 });
    } catch (error) {
      if (isGridError(error, 'GRID_CLIENT_TIMEOUT')) return undefined;
      throw error;
    }
  }

  /** Whether it is still held, as far as this process knows. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** Fires if the lease is lost without having been released: then others may hold what this code believes to hold. */
  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  /**
   * Gives the lease back. Idempotent. It is free for others when the scheduler hears of it; what this process says later it
   * says after that.
   *
   * @throws {@link ClientError} `GRID_CLIENT_LEASE_LOST` if it was lost before; the error of the line if that has ended.
   */
  async release(): Promise<void> {
    if (this.#lost.signal.aborted) throw this.#lost.signal.reason;
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#calls.dropLease(this.#call);
    this.#calls.tell({ op: 'release-lease', lease: this.#call });
  }

  /** As {@link Lease.release}, but a lease that was lost is no error: whoever cares listens to its signal. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isHeld) await this.release();
  }
}
