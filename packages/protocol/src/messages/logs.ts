import { LOG_LEVELS } from '@grid/common';

import { defineMessage } from './define-message.js';
import { id, ids, list, numbers, oneOf, optional, prose, record, text, texts } from './fields.js';

/*
 * What schedulers, workers and nannies log themselves. Peers that know these messages name the feature `logs` in their
 * handshake; to others none of them is sent.
 */

/** The feature of these messages. */
export const LOGS_FEATURE = 'logs';

/** Lines, a row each, the oldest first. */
export const logRows = record({
  /** Milliseconds since the epoch, on the clock of who wrote them. */
  times: numbers,
  /** Positions in `OUTPUT_SOURCES`. */
  sources: ids,
  texts,
  /** Facts as JSON; empty: there are none. */
  fields: texts,
});

/**
 * What was logged last, `count` lines of each; 0: all that are kept. Client to scheduler: of these workers or their nannies
 * (empty: all), or of the scheduler. Scheduler to worker or nanny: of yourself.
 */
export const getLogsRequest = defineMessage('get-logs', 329, {
  of: oneOf(['scheduler', 'workers', 'nannies']),
  workers: list(text),
  count: id,
  /** Of each no more than make so many characters. */
  charsMax: id,
});
export const getLogsReply = defineMessage('get-logs-reply', 330, {
  servers: list(
    record({
      /** The address of the worker; empty: the scheduler, or whoever answers. */
      server: text,
      rows: logRows,
      /** Why there is nothing; else empty. */
      problem: prose,
    }),
  ),
});

/** Tell me from now on what workers log from this level on; absent: no more. Client to scheduler, scheduler to worker. */
export const followLogs = defineMessage('follow-logs', 331, { level: optional(oneOf(LOG_LEVELS)) });

/**
 * Worker to scheduler, scheduler to client: this was logged. `worker` is empty where the worker itself says so. `missed`: how
 * many lines before it were left out, since there were too many.
 */
export const logsWritten = defineMessage('logs-written', 332, { worker: text, rows: logRows, missed: id });
