import { ClientError } from '../errors.js';
import type { MeetingPlace } from './place.js';
import { Named, type NamedOptions } from './named.js';
import type { TopicEvent, TopicHandler } from './subscriptions.js';

/** Listening to something, until it is ended. */
export interface Subscription extends Disposable {
  /** Ends it. Idempotent. */
  unsubscribe(): void;
}

/**
 * A topic of a cluster: what a client or task says at it, all hear who listen to it at that time. What is logged can be
 * read later too.
 *
 * @example
 * ```ts
 * using subscription = await new Topic<number>('progress').subscribe(({ value }) => console.log(value));
 * ```
 *
 * @source dask.distributed `Client.log_event`, `subscribe_topic`; `Pub` and `Sub`.
 */
export class Topic<T = unknown> extends Named {
  constructor(name: string, options: NamedOptions = {}) {
    super(name, options);
  }

  /** Tells those who listen now. @returns How many there are, a client or task each. */
  async publish(value: T): Promise<number> {
    return this.#say(value, false);
  }

  /**
   * Tells those who listen now, and keeps the event: the last 1000 of a topic can be read.
   *
   * @throws `GRID_SCHEDULER_COORDINATION_FULL`.
   */
  async log(value: T): Promise<void> {
    await this.#say(value, true);
  }

  /** The events that were logged and are kept, the oldest first. */
  async events(): Promise<TopicEvent<T>[]> {
    const { place } = this;
    const { values, times } = await place.calls.call({ op: 'read-topic', name: this.name }, { what: this.#what });
    const opened = await Promise.all(values.map((value) => place.decode(value)));
    // What others of the same type parameter have said.
    return opened.map((value, row) => ({ at: times?.[row] ?? 0, value: value as T }));
  }

  /** Calls `handler` with what is said from now on. The subscription ends with the client or task as well. */
  async subscribe(handler: TopicHandler<T>): Promise<Subscription> {
    const { place } = this;
    // One of its own for each subscription: a handler may listen twice.
    const own = (event: TopicEvent): void => handler(event as TopicEvent<T>);
    const unsubscribe = (): void => place.subscriptions.remove(this.name, own);
    await place.subscriptions.add(this.name, own);
    return { unsubscribe, [Symbol.dispose]: unsubscribe };
  }

  async #say(value: T, keep: boolean): Promise<number> {
    const { place } = this;
    const message = { op: 'publish-topic', name: this.name, payload: this.#encode(place, value), keep } as const;
    return (await place.calls.call(message, { what: this.#what })).value;
  }

  #encode(place: MeetingPlace, value: T): ReturnType<MeetingPlace['encode']>['payload'] {
    const { payload, keys } = place.encode(value, 'value');
    if (keys.length === 0) return payload;
    throw new ClientError('GRID_CLIENT_BAD_OPTION', 'what is said at a topic cannot have futures in it; use a Queue');
  }

  get #what(): string {
    return `the topic '${this.name}'`;
  }

  static [Symbol.for('grid.serialize')]({ name }: Topic): string {
    return name;
  }

  static [Symbol.for('grid.deserialize')](name: string): Topic {
    return new Topic(name);
  }
}
