import { nullLogger, type Logger, type LogLevel } from '@grid/common';

import type { ClientParts } from '../client-parts.js';
import type { Subscription } from '../coordination/topic.js';
import { assertLogsSupported } from './get-logs.js';
import { checkLevel, type WorkerLogRecord } from './log-record.js';

/** Which records are forwarded, and where they go. */
export interface ForwardLoggingOptions {
  /** From which level on. Default: `info`. */
  readonly level?: LogLevel;
  /** Addresses of workers. Default: all, also those that come later. */
  readonly workers?: string | readonly string[];
  /**
   * Takes each record. Default: the client's logger, with the worker among the facts; without one, standard error.
   */
  readonly write?: (record: WorkerLogRecord) => void;
}

/** Brings what workers log from now on to this process, until that is ended. */
export async function forwardLogging(
  parts: ClientParts,
  { level = 'info', workers, write = writeTo(parts.logger) }: ForwardLoggingOptions,
): Promise<Subscription> {
  checkLevel(level);
  await assertLogsSupported(parts, 'forwardLogging');
  const names = typeof workers === 'string' ? [workers] : workers;
  const unsubscribe = parts.logs.add({ level, workers: names === undefined ? null : new Set(names), write });
  return { unsubscribe, [Symbol.dispose]: unsubscribe };
}

function writeTo(logger: Logger): (record: WorkerLogRecord) => void {
  return ({ at, source, worker, text, fields }) => {
    if (logger !== nullLogger) {
      logger[source]({ ...fields, worker }, text);
      return;
    }
    const facts = Object.keys(fields).length === 0 ? '' : ` ${JSON.stringify(fields)}`;
    process.stderr.write(`${new Date(at).toISOString()} ${source} ${worker} ${text}${facts}\n`);
  };
}
