import type { MeetingPlace } from './place.js';

/**
 * Values with futures in them that a client leaves on the cluster under a name, for other clients and for later. They stay
 * until they are taken down.
 *
 * @source dask.distributed `Client.publish_dataset`, `Client.datasets`.
 */
export class Datasets {
  readonly #place: MeetingPlace;

  constructor(place: MeetingPlace) {
    this.#place = place;
  }

  /**
   * @param options - `override`: in place of what has this name. Default: `false`.
   * @throws `GRID_SCHEDULER_NAME_TAKEN`, `GRID_SCHEDULER_COORDINATION_FULL`.
   */
  async publish(name: string, value: unknown, options: { readonly override?: boolean } = {}): Promise<void> {
    const encoded = this.#place.encode(value, name);
    const body = { op: 'publish-dataset', name, value: encoded, override: options.override ?? false } as const;
    await this.#place.calls.call(body, { what: describe(name) });
  }

  /**
   * The value, with futures of this client's own: it releases them.
   *
   * @throws `GRID_SCHEDULER_UNKNOWN_NAME`.
   */
  async get(name: string): Promise<unknown> {
    const { calls } = this.#place;
    const { call, values } = await calls.call({ op: 'get-dataset', name }, { what: describe(name) });
    const [held] = values;
    try {
      return held === undefined ? undefined : await this.#place.decode(held);
    } finally {
      if (held !== undefined && held.keys.length > 0) calls.confirm(call);
    }
  }

  /** The names of all datasets, sorted. */
  async list(): Promise<readonly string[]> {
    return (await this.#place.calls.call({ op: 'list-datasets' }, { what: 'the list of datasets' })).texts;
  }

  /** Takes a dataset down. @returns Whether there was one. */
  async unpublish(name: string): Promise<boolean> {
    const { value } = await this.#place.calls.call({ op: 'unpublish-dataset', name }, { what: describe(name) });
    return value === 1;
  }
}

function describe(name: string): string {
  return `the dataset '${name}'`;
}
