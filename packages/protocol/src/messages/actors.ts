import { defineMessage } from './define-message.js';
import { flag, id, ids, list, optional, payload, record, text } from './fields.js';
import { argumentRows, failurePart } from './parts.js';

/*
 * Calls of actors. They go straight to the worker on which the actor lives, on a line of its own for each caller and worker.
 * An actor is named by the number of the run that made it. Peers that know these messages name the feature `actors`.
 */

/** What peers that know these messages name in their handshake. */
export const ACTORS_FEATURE = 'actors';

/** Why a call failed; rows that did not are left out. */
const failedRow = record({ row: id, failure: failurePart });

/**
 * Calls, a row each, in the order in which they were made. `callIds` are the caller's own, each used once on the line;
 * `members` are places in `names`. A row of `reads` is 1 where the member is to be read rather than called. Each call is
 * answered by a row of `actor-answers`, in any order.
 */
export const actorCalls = defineMessage('actor-calls', 740, {
  callIds: ids,
  actors: ids,
  members: ids,
  reads: ids,
  names: list(text),
  args: argumentRows,
});

/**
 * What came of calls: a row of results for each, encoded, or a failure. The results of `held` have futures in them, which
 * are kept until the caller says by `confirm-actor-results` that it holds them itself.
 */
export const actorAnswers = defineMessage('actor-answers', 741, {
  callIds: ids,
  results: argumentRows,
  failures: list(failedRow),
  held: ids,
});

/** Nobody waits for these any more: those that have not begun are not to begin. They are answered all the same. */
export const abandonActorCalls = defineMessage('abandon-actor-calls', 742, { callIds: ids });

/** The caller holds the futures in these results, or does not want them. */
export const confirmActorResults = defineMessage('confirm-actor-results', 743, { callIds: ids });

/**
 * One call through the scheduler, for callers that cannot reach the worker, and from the scheduler to that worker. What
 * the result holds of futures is refused here: nobody could say when it may go.
 */
export const relayActorCall = defineMessage('relay-actor-call', 744, {
  worker: text,
  actor: id,
  member: text,
  isRead: flag,
  args: payload,
});
export const relayActorCallReply = defineMessage('relay-actor-call-reply', 745, {
  value: optional(payload),
  failure: optional(failurePart),
});

/** Worker to callers: the thread is gone in which these actors lived. What is not answered of their calls will not be. */
export const actorsGone = defineMessage('actors-gone', 747, { actors: ids, failure: failurePart });

/** Worker to scheduler: the thread is gone in which the actor of this run lived. */
export const actorLost = defineMessage('actor-lost', 746, { taskId: id, runId: id, failure: failurePart });
