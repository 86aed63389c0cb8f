import type { WaitLimit } from '../wait-limit.js';
import { Named, type NamedOptions } from './named.js';

/**
 * A value that clients and tasks of a cluster set and get. It stays until it is replaced or deleted; futures in it keep
 * their results on the cluster.
 *
 * @source dask.distributed `Variable`.
 */
export class Variable<T = unknown> extends Named {
  constructor(name?: string, options: NamedOptions = {}) {
    super(name, options);
  }

  /** @throws `GRID_SCHEDULER_COORDINATION_FULL`. */
  async set(value: T): Promise<void> {
    const { place } = this;
    const encoded = place.encode(value, 'value');
    await place.calls.call({ op: 'variable-set', name: this.name, value: encoded }, { what: this.#what });
  }

  /**
   * The value, once there is one.
   *
   * @throws {@link ClientError} `GRID_CLIENT_TIMEOUT`; `GRID_SCHEDULER_NAME_CLOSED` if it is deleted meanwhile; the
   * signal's reason.
   */
  async get(limit: WaitLimit = {}): Promise<T> {
    const { place } = this;
    const { calls } = place;
    const confirm = (call: number, keys: readonly string[]): void => {
      if (keys.length > 0) calls.confirm(call);
    };
    const answer = await calls.call(
      { op: 'variable-get', name: this.name },
      { what: this.#what, limit, undo: ({ call, values }) => confirm(call, values[0]?.keys ?? []) },
    );
    const [held] = answer.values;
    try {
      // What was set by others of the same type parameter; an answer has a value.
      return (held === undefined ? undefined : await place.decode(held)) as T;
    } finally {
      confirm(answer.call, held?.keys ?? []);
    }
  }

  /** Drops the value. Whoever waits for one fails with `GRID_SCHEDULER_NAME_CLOSED`. */
  async delete(): Promise<void> {
    await this.place.calls.call({ op: 'variable-delete', name: this.name }, { what: this.#what });
  }

  get #what(): string {
    return `the variable '${this.name}'`;
  }

  static [Symbol.for('grid.serialize')]({ name }: Variable): string {
    return name;
  }

  static [Symbol.for('grid.deserialize')](name: string): Variable {
    return new Variable(name);
  }
}
