import type { WaitLimit } from '../wait-limit.js';
import { Named, type NamedOptions } from './named.js';

/**
 * A flag that clients and tasks of a cluster set, clear and wait for.
 *
 * @example
 * ```ts
 * const ready = new Event('ready');
 * await ready.wait({ timeout: '10s' });
 * ```
 *
 * @source dask.distributed `Event`.
 */
export class Event extends Named {
  constructor(name?: string, options: NamedOptions = {}) {
    super(name, options);
  }

  /** Sets the flag. Whoever waits goes on. */
  async set(): Promise<void> {
    await this.place.calls.call({ op: 'event-set', name: this.name }, { what: this.#what });
  }

  /** Clears the flag. */
  async clear(): Promise<void> {
    await this.place.calls.call({ op: 'event-clear', name: this.name }, { what: this.#what });
  }

  /** Whether the flag is set. */
  async isSet(): Promise<boolean> {
    const { value } = await this.place.calls.call({ op: 'event-is-set', name: this.name }, { what: this.#what });
    return value === 1;
  }

  /**
   * Waits until the flag is set.
   *
   * @throws {@link ClientError} `GRID_CLIENT_TIMEOUT`; the signal's reason.
   */
  async wait(limit: WaitLimit = {}): Promise<void> {
    await this.place.calls.call({ op: 'event-wait', name: this.name }, { what: this.#what, limit });
  }

  get #what(): string {
    return `the event '${this.name}'`;
  }

  static [Symbol.for('grid.serialize')]({ name }: Event): string {
    return name;
  }

  static [Symbol.for('grid.deserialize')](name: string): Event {
    return new Event(name);
  }
}
