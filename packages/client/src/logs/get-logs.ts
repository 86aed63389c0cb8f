import { fromLogRows, LOGS_FEATURE, type MessageWith } from '@grid/protocol';

import type { ClientParts } from '../client-parts.js';
import { ClientError } from '../errors.js';
import { logRecordOf, noteInLog, type LogRecord } from './log-record.js';

/** Whose logs, and how much of them. */
export interface WorkerLogsOptions {
  /** The last so many records of each. Default: all that are kept, which are 10 000, or 4 Mi characters. */
  readonly n?: number;
  /** Addresses, names or hosts. Default: all workers. */
  readonly workers?: string | readonly string[];
  /**
   * Ask the nannies of the workers, which also have what those have printed, in all their lives. Default: `false`.
   */
  readonly nanny?: boolean;
}

/** Characters of an answer about one process. */
const CHARS_MAX = 4 * 2 ** 20;

type ServerLog = MessageWith<'get-logs-reply'>['servers'][number];

/** What workers, or their nannies, have logged, by the worker's address. */
export async function getWorkerLogs(
  parts: ClientParts,
  { n, workers = [], nanny = false }: WorkerLogsOptions,
): Promise<Record<string, LogRecord[]>> {
  const names = typeof workers === 'string' ? [workers] : workers;
  const servers = await ask(parts, 'getWorkerLogs', { of: nanny ? 'nannies' : 'workers', workers: names, n });
  return Object.fromEntries(servers.map((log) => [log.server, recordsOf(log)]));
}

/** What the scheduler has logged. */
export async function getSchedulerLogs(parts: ClientParts, n?: number): Promise<LogRecord[]> {
  return (await ask(parts, 'getSchedulerLogs', { of: 'scheduler', workers: [], n })).flatMap(recordsOf);
}

async function ask(
  parts: ClientParts,
  what: string,
  { of, workers, n }: Pick<MessageWith<'get-logs'>, 'of' | 'workers'> & { readonly n: number | undefined },
): Promise<readonly ServerLog[]> {
  await assertLogsSupported(parts, what);
  if (n !== undefined && !(Number.isSafeInteger(n) && n > 0)) {
    throw new ClientError('GRID_CLIENT_BAD_OPTION', `n is a whole number from 1 on, not ${String(n)}`, {
      details: { option: 'n' },
    });
  }
  const { servers } = await parts.requests.request({ op: 'get-logs', of, workers, count: n ?? 0, charsMax: CHARS_MAX });
  return servers;
}

function recordsOf({ rows, problem }: ServerLog): LogRecord[] {
  const records = fromLogRows(rows).map(logRecordOf);
  return problem === '' ? records : [...records, noteInLog(`there is no log: ${problem}`)];
}

/** @throws {@link ClientError} `GRID_CLIENT_UNSUPPORTED`, and what a closed client throws */
export async function assertLogsSupported(parts: ClientParts, what: string): Promise<void> {
  parts.assertOpen(what);
  if ((await parts.requests.features()).includes(LOGS_FEATURE)) return;
  throw new ClientError('GRID_CLIENT_UNSUPPORTED', `${what}: the scheduler does not tell what is logged; update it`);
}
