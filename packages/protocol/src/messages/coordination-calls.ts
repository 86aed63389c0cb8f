import { defineMessage } from './define-message.js';
import { facts, flag, id, list, payload, text, type Field } from './fields.js';
import { heldValue } from './parts.js';

/*
 * Clients and tasks meet at names that the scheduler keeps: events, leases, queues, variables. A call is a message, not a
 * request: it may be open for hours, and many at a time. It is answered by `call-answered` or `call-failed`, once, unless
 * its party ends or gives it up; see `coordination-answers.ts`.
 *
 * A party is somebody who calls: 0 is the client itself, other numbers are tasks of the worker whose link this is.
 * A party numbers its calls.
 */

const caller: { readonly party: Field<number>; readonly call: Field<number> } = { party: id, call: id };

/** The event is set, and stays so; who waits goes on. */
export const eventSet = defineMessage('event-set', 220, { ...caller, name: text });

/** The event is not set any more. */
export const eventClear = defineMessage('event-clear', 221, { ...caller, name: text });

/** Answered once the event is set. */
export const eventWait = defineMessage('event-wait', 222, { ...caller, name: text });

/** Answered with 1 if the event is set, else 0. */
export const eventIsSet = defineMessage('event-is-set', 223, { ...caller, name: text });

/**
 * Answered once this party holds a lease of `count` of the names, all at once, in the order of asking. `capacity` is how
 * many leases each name has; 0: as many as it has by now, or 1. The call's number is the lease's.
 */
export const acquireLease = defineMessage('acquire-lease', 224, {
  ...caller,
  names: list(text),
  count: id,
  capacity: id,
});

/** Gives a lease back. Answered with 1; with 0 if this party does not hold it. */
export const releaseLease = defineMessage('release-lease', 225, { ...caller, lease: id });

/** Answered with the number of leases of the name that are held. */
export const countLeases = defineMessage('count-leases', 226, { ...caller, name: text });

/** Answered once the queue has taken all values. `capacity`: 0 for no bound of its own. */
export const queuePut = defineMessage('queue-put', 230, {
  ...caller,
  name: text,
  capacity: id,
  values: list(heldValue),
});

/** Answered with at least `least` and at most `most` values, the oldest first, once the queue has so many. */
export const queueGet = defineMessage('queue-get', 231, { ...caller, name: text, capacity: id, least: id, most: id });

/** Puts values back to the front: they came for a call that nobody waited for any more. */
export const queueReturn = defineMessage('queue-return', 232, { ...caller, name: text, values: list(heldValue) });

/** Answered with the number of values in the queue. */
export const queueSize = defineMessage('queue-size', 233, { ...caller, name: text });

/** Drops the queue with what is in it; calls that wait for it fail. */
export const queueClose = defineMessage('queue-close', 234, { ...caller, name: text });

export const variableSet = defineMessage('variable-set', 235, { ...caller, name: text, value: heldValue });

/** Answered with the value, once there is one. */
export const variableGet = defineMessage('variable-get', 236, { ...caller, name: text });

/** Drops the variable; calls that wait for its value fail. */
export const variableDelete = defineMessage('variable-delete', 237, { ...caller, name: text });

/**
 * Tells all who listen to the topic; with `keep` it is also among the last events of the topic, which are kept. Answered
 * with the number of those who listen.
 */
export const publishTopic = defineMessage('publish-topic', 238, { ...caller, name: text, payload, keep: flag });

/** From now on this party is told by `topic-message` what is published. */
export const subscribeTopic = defineMessage('subscribe-topic', 239, { ...caller, name: text });

export const unsubscribeTopic = defineMessage('unsubscribe-topic', 240, { ...caller, name: text });

/** Answered with the events of the topic that are kept, the oldest first, and their times. */
export const readTopic = defineMessage('read-topic', 241, { ...caller, name: text });

/** Answered with the names of topics that have events. */
export const listTopics = defineMessage('list-topics', 242, { ...caller });

/** Keeps a value with its tasks under a name, for all clients. Fails if the name is taken, unless `override`. */
export const publishDataset = defineMessage('publish-dataset', 243, {
  ...caller,
  name: text,
  value: heldValue,
  override: flag,
});

/** Answered with the value. */
export const getDataset = defineMessage('get-dataset', 244, { ...caller, name: text });

/** Answered with the names of all datasets. */
export const listDatasets = defineMessage('list-datasets', 245, { ...caller });

/** Answered with 1; with 0 if there is no such dataset. */
export const unpublishDataset = defineMessage('unpublish-dataset', 246, { ...caller, name: text });

/** Puts `data.value` at the end of a path of names. What is on the way and is no record becomes one. */
export const setMetadata = defineMessage('set-metadata', 247, { ...caller, path: list(text), data: facts });

/** Answered with 1 and what is at the end of the path as `data.value`; with 0 if there is nothing. */
export const getMetadata = defineMessage('get-metadata', 248, { ...caller, path: list(text) });

/** Nobody waits for the call any more. Told by `call-abandoned`, unless the call was answered before. */
export const abandonCall = defineMessage('abandon-call', 250, { ...caller });

/** The tasks in the answer of `call` are held by the caller itself now. */
export const confirmAnswer = defineMessage('confirm-answer', 251, { ...caller });

/** The party has ended: its calls and its leases with it. */
export const endParty = defineMessage('end-party', 252, { party: id });

/** A client's process is alive. Said while it holds leases. */
export const renewLeases = defineMessage('renew-leases', 253, {});
