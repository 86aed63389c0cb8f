import type { MessageWith } from '@grid/protocol';

import type { CallTable } from './call-table.js';
import type { HeldValue } from './held-value.js';

/** What was published at a topic. */
export interface TopicEvent<T = unknown> {
  /** Milliseconds since the epoch, on the scheduler's clock. */
  readonly at: number;
  readonly value: T;
}

/** Is told what is published at a topic, in order. What it throws is nobody's to catch. */
export type TopicHandler<T = unknown> = (event: TopicEvent<T>) => void;

/** Who listens here to which topics. The scheduler is told of the first who listens to one, and when the last has left. */
export class Subscriptions {
  readonly #calls: CallTable;
  readonly #decode: (value: HeldValue) => Promise<unknown>;
  readonly #handlers = new Map<string, Set<TopicHandler>>();
  /** Values with code in them take time to open; nothing overtakes them. */
  #last: Promise<void> = Promise.resolve();

  constructor(calls: CallTable, decode: (value: HeldValue) => Promise<unknown>) {
    this.#calls = calls;
    this.#decode = decode;
    calls.onTopicMessage = (message) => this.#receive(message);
  }

  async add(name: string, handler: TopicHandler): Promise<void> {
    const handlers = this.#handlers.get(name);
    if (handlers === undefined) this.#handlers.set(name, new Set([handler]));
    else handlers.add(handler);
    await this.#calls.call({ op: 'subscribe-topic', name }, { what: `the topic '${name}'` });
  }

  /** The scheduler is another one, and knows of nobody who listens. */
  resume(): void {
    for (const name of this.#handlers.keys()) this.#calls.tell({ op: 'subscribe-topic', name });
  }

  remove(name: string, handler: TopicHandler): void {
    const handlers = this.#handlers.get(name);
    if (handlers?.delete(handler) !== true || handlers.size > 0) return;
    this.#handlers.delete(name);
    this.#calls.tell({ op: 'unsubscribe-topic', name });
  }

  #receive({ name, at, payload }: MessageWith<'topic-message'>): void {
    if (!this.#handlers.has(name)) return;
    const deliver = async (): Promise<void> => {
      const value = await this.#decode({ payload, keys: [] });
      for (const handler of this.#handlers.get(name) ?? []) call(handler, { at, value });
    };
    this.#last = this.#last.then(deliver).catch(rethrow);
  }
}

function call(handler: TopicHandler, event: TopicEvent): void {
  try {
    handler(event);
  } catch (error) {
    rethrow(error);
  }
}

/** As event targets do: an error of one who listens must not keep others from hearing. */
function rethrow(error: unknown): void {
  process.nextTick(() => {
    throw error;
  });
}
