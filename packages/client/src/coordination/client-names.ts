import type { Fact } from '@grid/protocol';

import { Datasets } from './datasets.js';
import type { MeetingPlace } from './place.js';
import type { TopicEvent, TopicHandler } from './subscriptions.js';
import { Topic, type Subscription } from './topic.js';

/** What a client shares with others by name, besides the objects that are found by name themselves. */
export abstract class ClientNames {
  #datasets: Datasets | undefined;

  protected abstract get meetingPlace(): MeetingPlace;

  /** Values that stay on the cluster under a name. */
  get datasets(): Datasets {
    return (this.#datasets ??= new Datasets(this.meetingPlace));
  }

  /**
   * Says something at a topic; the last 1000 events of each can be read. Tasks do so by `new Topic(name).log(value)`.
   *
   * @source dask.distributed `Client.log_event`.
   */
  async logEvent(topic: string | readonly string[], value: unknown): Promise<void> {
    const names = typeof topic === 'string' ? [topic] : topic;
    await Promise.all(names.map((name) => new Topic(name, { client: this }).log(value)));
  }

  /** The events of a topic, the oldest first; without a topic those of all, by topic. */
  async getEvents(topic: string): Promise<TopicEvent[]>;
  async getEvents(): Promise<Record<string, TopicEvent[]>>;
  async getEvents(topic?: string): Promise<TopicEvent[] | Record<string, TopicEvent[]>> {
    if (topic !== undefined) return new Topic(topic, { client: this }).events();
    const { texts } = await this.meetingPlace.calls.call({ op: 'list-topics' }, { what: 'the list of topics' });
    const all = texts.map(async (name) => [name, await new Topic(name, { client: this }).events()] as const);
    return Object.fromEntries(await Promise.all(all));
  }

  /**
   * Calls `handler` with what is said at a topic from now on.
   *
   * @source dask.distributed `Client.subscribe_topic`; `unsubscribe_topic` is a method of what comes back.
   */
  async subscribeTopic(topic: string, handler: TopicHandler): Promise<Subscription> {
    return new Topic(topic, { client: this }).subscribe(handler);
  }

  /** Puts plain data where all clients find it, at a path of names. @source dask.distributed `Client.set_metadata`. */
  async setMetadata(path: string | readonly string[], value: Fact): Promise<void> {
    const body = { op: 'set-metadata', path: toPath(path), data: { value } } as const;
    await this.meetingPlace.calls.call(body, { what: 'metadata' });
  }

  /**
   * What was put at a path, or within it; `undefined` if there is nothing.
   *
   * @source dask.distributed `Client.get_metadata`.
   */
  async getMetadata(path: string | readonly string[]): Promise<Fact | undefined> {
    const body = { op: 'get-metadata', path: toPath(path) } as const;
    const { value, data } = await this.meetingPlace.calls.call(body, { what: 'metadata' });
    return value === 0 ? undefined : data?.['value'];
  }
}

function toPath(path: string | readonly string[]): readonly string[] {
  return typeof path === 'string' ? [path] : path;
}
