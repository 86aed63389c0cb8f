import { defineMessage } from './define-message.js';
import { ids, list, number, numbers, oneOf, optional, prose, record, text, texts } from './fields.js';

/*
 * What threads and event loops spend their time on. Peers that know these messages name the feature `profile` in their
 * handshake; to others none of them is sent.
 */

/** The feature of these messages. */
export const PROFILE_FEATURE = 'profile';

/** Trees of calls: a row for each call, callers before what they call. */
const profileRows = record({
  prefixes: texts,
  /** How many rows are of each prefix, one after another. */
  prefixRows: ids,
  /** The row of the caller, counted from 1 on; 0: there is none. */
  parents: ids,
  /** Places in `names` and what is beside it. */
  frames: ids,
  /** Samples that found the call at work itself, and the milliseconds that they stand for. */
  counts: ids,
  times: numbers,
  names: texts,
  /** Scripts, and the place of each frame's among them. */
  urls: texts,
  urlOf: ids,
  /** Where the function begins, from 1 on; 0: nobody knows. */
  lines: ids,
  columns: ids,
});

/**
 * What was sampled? Client to scheduler: of tasks, of the event loops of workers, or of its own. Scheduler to worker: of
 * yourself. `prefixes`: of these tasks, `null`: of all; `from`, `to`: milliseconds since the epoch, `null`: no bound.
 */
export const profileRequest = defineMessage('profile', 365, {
  of: oneOf(['tasks', 'workers', 'scheduler']),
  workers: list(text),
  prefixes: optional(list(text)),
  from: optional(number),
  to: optional(number),
});
export const profileReply = defineMessage('profile-reply', 366, {
  servers: list(
    record({
      /** The address of the worker; empty: the scheduler, or whoever answers. */
      server: text,
      /** Milliseconds between two samples. */
      intervalMs: number,
      rows: profileRows,
      /** Why there is nothing; else empty. */
      problem: prose,
    }),
  ),
});
