import { encodeValue, type Facts, type Payload } from '@grid/protocol';

import type { TopicEvent } from './topic-event.js';

/** An event that the cluster tells of itself. It is encoded when somebody reads it, which mostly nobody does. */
export class Announcement implements TopicEvent {
  readonly at: number;
  readonly #facts: Facts;
  #payload: Payload | null = null;

  constructor(at: number, facts: Facts) {
    this.at = at;
    this.#facts = facts;
  }

  get payload(): Payload {
    return (this.#payload ??= encodeValue(this.#facts));
  }
}
