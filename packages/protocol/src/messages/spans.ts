import { defineMessage } from './define-message.js';
import { facts, id, list, number, record, text } from './fields.js';

/*
 * What groups of tasks cost. Peers that know these messages name the feature `spans` in their handshake; to others none of
 * them is sent.
 */

/** The feature of these messages. */
export const SPANS_FEATURE = 'spans';

/** So much of an activity. `span`: the scheduler's number; 0: none. */
const activityRow = record({ span: id, context: text, prefix: text, activity: text, unit: text, value: number });

/** Client to scheduler: what do you know of spans, and of the activities of workers? */
export const spansRequest = defineMessage('spans', 342, {});

/** `spans`: those that were entered; `activities`: what workers did, whole since the scheduler's start. */
export const spansReply = defineMessage('spans-reply', 343, { spans: list(facts), activities: list(activityRow) });

/** Scheduler to worker: say what you have done and not told of. Answered behind `activities`. */
export const flushActivitiesRequest = defineMessage('flush-activities', 344, {});
export const flushActivitiesReply = defineMessage('flush-activities-reply', 345, {});

/** Worker to scheduler: what was done since this was said last. */
export const activities = defineMessage('activities', 346, { rows: list(activityRow) });
