import { nullLogger, type Logger } from '@grid/common';
import { TASK_OUTPUT_FEATURE } from '@grid/protocol';

import type { ClientParts } from '../client-parts.js';
import type { FutureRecord } from '../core/future-record.js';
import type { Subscription } from '../coordination/topic.js';
import { ClientError } from '../errors.js';
import type { Future } from '../future.js';
import { entriesOf, missedEntry, type LogEntry } from '../output/log-entry.js';
import type { LogHandler } from '../output/output-followers.js';

/** What output is forwarded, and where it goes. */
export interface ForwardOutputOptions {
  /** Only that of these tasks. @defaultValue that of all tasks on the cluster, whoever submitted them */
  readonly futures?: readonly Future<unknown>[];
  /**
   * Takes each piece. @defaultValue writes it where the task did: to standard output or standard error of this process;
   * what tasks gave to their logs goes to the client's logger, or, without one, to standard error
   */
  readonly write?: (entry: LogEntry) => void;
}

/** What is kept of the output of one task. */
export async function logsOf(parts: ClientParts, record: FutureRecord): Promise<LogEntry[]> {
  await assertSupported(parts, 'logs');
  parts.outbox.closeBatch();
  const { rows, missed } = await parts.requests.request({ op: 'get-output', ids: [record.id] });
  const entries = entriesOf(rows);
  return missed === 0 ? entries : [missedEntry(missed, entries[0]), ...entries];
}

/** Brings what tasks write from now on to this process, until that is ended. */
export async function forwardOutput(
  parts: ClientParts,
  { futures, write = writeTo(parts.logger) }: ForwardOutputOptions,
): Promise<Subscription> {
  const records = futures?.map((future) => parts.futures.require(future));
  await assertSupported(parts, 'forwardOutput');
  const unsubscribe = records === undefined ? parts.output.followAll(write) : parts.output.follow(records, write);
  return { unsubscribe, [Symbol.dispose]: unsubscribe };
}

async function assertSupported(parts: ClientParts, what: string): Promise<void> {
  parts.assertOpen(what);
  if ((await parts.requests.features()).includes(TASK_OUTPUT_FEATURE)) return;
  throw new ClientError('GRID_CLIENT_UNSUPPORTED', `${what}: the scheduler does not keep what tasks write; update it`);
}

function writeTo(logger: Logger): LogHandler {
  return ({ source, text, key, worker }) => {
    if (source !== 'stdout' && source !== 'stderr') {
      if (logger === nullLogger) process.stderr.write(`${text}\n`);
      else logger[source]({ key, worker }, text);
      return;
    }
    // A worker in this process has written it already.
    if (!worker.startsWith('inproc://')) process[source].write(`${text}\n`);
  };
}
