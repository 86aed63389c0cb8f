import { isGridError } from '@grid/common';

import { badOption } from '../check-arguments.js';
import type { WaitLimit } from '../wait-limit.js';
import type { CallAnswer } from './call-table.js';
import type { MeetingPlace } from './place.js';
import { Named, type NamedOptions } from './named.js';

/** How a queue is found, and how much goes into it. */
export interface QueueOptions extends NamedOptions {
  /** How many values it has room for; who puts more waits. All who say one have to say the same. Default: no bound. */
  readonly maxSize?: number;
}

/** More values than this do not come at once. */
const BATCH_MAX = 100_000;

/**
 * A queue that clients and tasks of a cluster put values into and get them from, in order. Values may be anything that
 * can be an argument of a task; futures in them keep their results on the cluster until the value is taken out.
 *
 * Small values, please: they lie on the scheduler. Put futures of large ones.
 *
 * @source dask.distributed `Queue`.
 */
export class Queue<T = unknown> extends Named {
  /** 0: no bound. */
  readonly maxSize: number;

  constructor(name?: string, { maxSize = 0, ...options }: QueueOptions = {}) {
    super(name, options);
    if (!Number.isSafeInteger(maxSize) || maxSize < 0) throw badOption('maxSize', maxSize, 'a whole number from 0 on');
    this.maxSize = maxSize;
  }

  /**
   * Puts a value in, once there is room.
   *
   * @throws {@link ClientError} `GRID_CLIENT_TIMEOUT`; `GRID_SCHEDULER_COORDINATION_FULL`, `GRID_SCHEDULER_NAME_CLOSED`;
   * the signal's reason.
   */
  async put(value: T, limit: WaitLimit = {}): Promise<void> {
    await this.putMany([value], limit);
  }

  /** Puts several values in, one behind another with none of others between them, once there is room for all. */
  async putMany(values: readonly T[], limit: WaitLimit = {}): Promise<void> {
    const { place } = this;
    const encoded = values.map((value) => place.encode(value, 'value'));
    await place.calls.call(
      { op: 'queue-put', name: this.name, capacity: this.maxSize, values: encoded },
      { what: `room in ${this.#what}`, limit },
    );
  }

  /**
   * Takes the oldest value out, once there is one.
   *
   * @throws As {@link Queue.put}.
   */
  async get(limit: WaitLimit = {}): Promise<T> {
    const [value] = await this.#take(1, 1, limit);
    // An answer has at least as many values as were asked for.
    return value as T;
  }

  /** Takes the `count` oldest values out, once there are so many. */
  async getMany(count: number, limit: WaitLimit = {}): Promise<T[]> {
    return this.#take(count, count, limit);
  }

  /** Takes out all that is there. */
  async getAll(): Promise<T[]> {
    return this.#take(0, BATCH_MAX, {});
  }

  /** The oldest value if there is one now; `undefined` otherwise. */
  async tryGet(): Promise<T | undefined> {
    try {
      return await this.get({ timeout: 0 });
    } catch (error) {
      if (isGridError(error, 'GRID_CLIENT_TIMEOUT')) return undefined;
      throw error;
    }
  }

  /** How many values are in it now. */
  async size(): Promise<number> {
    const { value } = await this.place.calls.call({ op: 'queue-size', name: this.name }, { what: this.#what });
    return value;
  }

  /** Drops the queue and what is in it. Whoever waits for it fails with `GRID_SCHEDULER_NAME_CLOSED`. */
  async close(): Promise<void> {
    await this.place.calls.call({ op: 'queue-close', name: this.name }, { what: this.#what });
  }

  async #take(least: number, most: number, limit: WaitLimit): Promise<T[]> {
    const { place } = this;
    const answer = await place.calls.call(
      { op: 'queue-get', name: this.name, capacity: this.maxSize, least, most },
      { what: `values in ${this.#what}`, limit, undo: (late) => this.#putBack(place, late) },
    );
    try {
      // What was put in by others of the same type parameter.
      const values = (await Promise.all(answer.values.map((value) => place.decode(value)))) as T[];
      confirm(place, answer);
      return values;
    } catch (error) {
      // Whoever can open them is to have them.
      this.#putBack(place, answer);
      throw error;
    }
  }

  #putBack(place: MeetingPlace, answer: CallAnswer): void {
    place.calls.tell({ op: 'queue-return', name: this.name, values: answer.values });
    confirm(place, answer);
  }

  get #what(): string {
    return `the queue '${this.name}'`;
  }

  static [Symbol.for('grid.serialize')]({ name, maxSize }: Queue): [string, number] {
    return [name, maxSize];
  }

  static [Symbol.for('grid.deserialize')]([name, maxSize]: [string, number]): Queue {
    return new Queue(name, { maxSize });
  }
}

function confirm({ calls }: MeetingPlace, { call, values }: CallAnswer): void {
  if (values.some(({ keys }) => keys.length > 0)) calls.confirm(call);
}
