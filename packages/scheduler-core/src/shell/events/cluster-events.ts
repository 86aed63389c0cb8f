import type { Facts } from '@grid/protocol';

import { Announcement } from '../../core/coordination/announcement.js';
import type { Topics } from '../../core/coordination/topics.js';

/** Topics at which the cluster tells of itself, besides those that are called as a worker's address or a client's id. */
export const CLUSTER_TOPICS = {
  /** Who comes and goes, and what workers and the scheduler itself go through. */
  all: 'all',
  /** Tasks that failed. */
  errors: 'errors',
  /** Tasks that were taken from busy workers for idle ones. */
  stealing: 'stealing',
} as const;

/** Topics of so many peers that have left are kept. */
const DEPARTED_MAX = 200;

/** Is told of an event: where it was told, when, and what. */
export type OnTold = (topics: readonly string[], at: number, action: string, facts: Facts) => void;

/** Tells what happens on the cluster, where clients and tasks can read it and listen to it. */
export class ClusterEvents {
  readonly #topics: Topics;
  readonly #now: () => number;
  readonly #onTold: OnTold;
  /** Peers that have left, in that order. */
  readonly #departed = new Set<string>();

  /** @param onTold - told of all that the cluster tells of itself */
  constructor(topics: Topics, now: () => number, onTold: OnTold = () => {}) {
    this.#onTold = onTold;
    this.#topics = topics;
    this.#now = now;
  }

  /**
   * Tells something.
   *
   * @param topics - where: of {@link CLUSTER_TOPICS}, or the address of a worker or the id of a client that it is about
   * @param action - what has happened, as a word
   */
  tell(topics: readonly string[], action: string, facts: Facts): void {
    const at = this.#now();
    const event = new Announcement(at, { action, ...facts });
    for (const topic of topics) this.#topics.announce(topic, event);
    this.#onTold(topics, at, action, facts);
  }

  /** A peer has left. Its topic is kept for a while: that is when people look. */
  peerLeft(topic: string): void {
    this.#departed.delete(topic);
    this.#departed.add(topic);
    if (this.#departed.size <= DEPARTED_MAX) return;
    const [oldest] = this.#departed;
    if (oldest === undefined) return;
    this.#departed.delete(oldest);
    this.#topics.forget(oldest);
  }

  /** A peer has come, maybe one that was here before. */
  peerCame(topic: string): void {
    this.#departed.delete(topic);
  }
}
