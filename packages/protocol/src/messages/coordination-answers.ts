import { defineMessage } from './define-message.js';
import { facts, id, ids, list, number, numbers, optional, payload, text } from './fields.js';
import { heldValue } from './parts.js';

/** What came of a call; which fields mean something depends on the call. */
export const callAnswered = defineMessage('call-answered', 260, {
  party: id,
  call: id,
  value: number,
  texts: list(text),
  values: list(heldValue),
  /** Milliseconds since the epoch, for each value that has one. */
  times: optional(numbers),
  data: optional(facts),
});

/** A call failed. `code` is a `GRID_SCHEDULER_*` code. */
export const callFailed = defineMessage('call-failed', 261, {
  party: id,
  call: id,
  code: text,
  message: text,
  details: facts,
});

/** The call was given up before it was answered; it has changed nothing. */
export const callAbandoned = defineMessage('call-abandoned', 262, { party: id, call: id });

/** The party was silent for too long: others may hold what it held. */
export const leasesLost = defineMessage('leases-lost', 263, { party: id, leases: ids });

/** Somebody published a value at a topic that this party has subscribed to. */
export const topicMessage = defineMessage('topic-message', 264, { party: id, name: text, at: number, payload });
