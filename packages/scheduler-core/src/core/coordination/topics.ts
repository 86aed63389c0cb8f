import { payloadBytes } from '@grid/protocol';

import type { Budget } from './budget.js';
import type { CoordinationOutput } from './coordination-output.js';
import type { Party } from './party.js';
import type { TopicEvent } from './topic-event.js';
import { full } from './stored-value.js';

/** So many events of each topic are kept. */
const EVENTS_MAX = 1000;
/** Of what the cluster tells of itself so many are kept at a topic: a few small events, which need no budget. */
const ANNOUNCED_MAX = 1000;

interface TopicState {
  readonly listeners: Set<Party>;
  /** The last events, the oldest first. */
  readonly events: TopicEvent[];
  /** The last events that the cluster told of itself. */
  announced: TopicEvent[];
}

/** Topics: what is published at one goes to all who listen at that time; of events the last ones are kept. */
export class Topics {
  readonly #byName = new Map<string, TopicState>();
  readonly #ofParty = new Map<Party, Set<string>>();
  readonly #budget: Budget;
  readonly #out: CoordinationOutput;

  constructor(budget: Budget, out: CoordinationOutput) {
    this.#budget = budget;
    this.#out = out;
  }

  get size(): number {
    return this.#byName.size;
  }

  publish(party: Party, call: number, name: string, event: TopicEvent & { readonly keep: boolean }): void {
    const { at, payload, keep } = event;
    if (keep && !this.#keep(name, { at, payload })) {
      this.#out.fail(party, call, full(name, this.#budget));
      return;
    }
    const listeners = this.#byName.get(name)?.listeners;
    for (const listener of listeners ?? []) this.#out.topicMessage(listener, name, { at, payload });
    this.#out.answer(party, call, { value: listeners?.size ?? 0 });
  }

  /** Tells what the cluster has to say of itself. */
  announce(name: string, event: TopicEvent): void {
    const topic = this.#topicFor(name);
    topic.announced.push(event);
    // In one go now and then: a shift for each would cost more.
    if (topic.announced.length >= 2 * ANNOUNCED_MAX) topic.announced = topic.announced.slice(-ANNOUNCED_MAX);
    for (const listener of topic.listeners) this.#out.topicMessage(listener, name, event);
  }

  /** Drops what the cluster told of itself at a topic. */
  forget(name: string): void {
    const topic = this.#byName.get(name);
    if (topic === undefined) return;
    topic.announced = [];
    this.#forgetIfIdle(name);
  }

  subscribe(party: Party, call: number, name: string): void {
    this.#topicFor(name).listeners.add(party);
    const topics = this.#ofParty.get(party);
    if (topics === undefined) this.#ofParty.set(party, new Set([name]));
    else topics.add(name);
    this.#out.answer(party, call, { value: 1 });
  }

  unsubscribe(party: Party, call: number, name: string): void {
    const topics = this.#ofParty.get(party);
    topics?.delete(name);
    if (topics?.size === 0) this.#ofParty.delete(party);
    this.#leave(party, name);
    this.#out.answer(party, call, { value: 1 });
  }

  read(party: Party, call: number, name: string): void {
    const { events: said = [], announced = [] } = this.#byName.get(name) ?? {};
    const events = inOrder(said, announced.slice(-ANNOUNCED_MAX));
    this.#out.answer(party, call, {
      value: events.length,
      values: events.map(({ payload }) => ({ payload, keys: [] })),
      times: events.map(({ at }) => at),
    });
  }

  list(party: Party, call: number): void {
    const texts = [...this.#byName].filter(([, topic]) => hasEvents(topic)).map(([name]) => name);
    this.#out.answer(party, call, { value: texts.length, texts });
  }

  /** The party listens to nothing any more. */
  end(party: Party): void {
    for (const name of this.#ofParty.get(party) ?? []) this.#leave(party, name);
    this.#ofParty.delete(party);
  }

  #keep(name: string, event: TopicEvent): boolean {
    const topic = this.#topicFor(name);
    const bytes = payloadBytes(event.payload);
    let hasRoom = topic.events.length < EVENTS_MAX && this.#budget.take(bytes);
    // The oldest go first, but no other topic's.
    while (!hasRoom && topic.events.length > 0) {
      const [oldest] = topic.events.splice(0, 1);
      if (oldest !== undefined) this.#budget.give(payloadBytes(oldest.payload));
      hasRoom = this.#budget.take(bytes);
    }
    if (hasRoom) topic.events.push(event);
    else this.#forgetIfIdle(name);
    return hasRoom;
  }

  #topicFor(name: string): TopicState {
    let topic = this.#byName.get(name);
    if (topic === undefined)
      this.#byName.set(name, (topic = { listeners: new Set<Party>(), events: [], announced: [] }));
    return topic;
  }

  #leave(party: Party, name: string): void {
    this.#byName.get(name)?.listeners.delete(party);
    this.#forgetIfIdle(name);
  }

  #forgetIfIdle(name: string): void {
    const topic = this.#byName.get(name);
    if (topic?.listeners.size === 0 && !hasEvents(topic)) this.#byName.delete(name);
  }
}

function hasEvents({ events, announced }: TopicState): boolean {
  return events.length > 0 || announced.length > 0;
}

/** Two lists that are in order of time, as one. */
function inOrder(a: readonly TopicEvent[], b: readonly TopicEvent[]): readonly TopicEvent[] {
  if (a.length === 0 || b.length === 0) return a.length === 0 ? b : a;
  return [...a, ...b].sort((one, other) => one.at - other.at);
}
