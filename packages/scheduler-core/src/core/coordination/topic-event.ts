import type { Payload } from '@grid/protocol';

/** Something that was published at a topic. */
export interface TopicEvent {
  readonly at: number;
  readonly payload: Payload;
}
