import { parseDuration, type Duration, type OptionNames } from '@grid/common';

import { checkOptionNames, checkWorkers } from '../check-arguments.js';
import type { ClientParts } from '../client-parts.js';
import { ClientError } from '../errors.js';
import { requireReplicas } from './require-replicas.js';

/** Which workers are to leave, and how. */
export interface RetireOptions {
  /** Addresses, names or hosts. Default: those that it costs least to do without. */
  readonly workers?: string | readonly string[];
  /** How many, if `workers` does not say which. Default: as many as are idle and not needed for their memory. */
  readonly n?: number;
  /** Whether they are told to close. Default: `true`. */
  readonly closeWorkers?: boolean;
  /**
   * Whether the scheduler takes them for gone at once. Default: `true`. With neither, they stay, have no results that are
   * not elsewhere, and get no tasks.
   */
  readonly remove?: boolean;
  /** How long running tasks and transfers may take; who is not done by then stays. Default: `'5 min'`. */
  readonly timeout?: Duration;
}

const RETIRE_OPTIONS: OptionNames<RetireOptions> = {
  workers: true,
  n: true,
  closeWorkers: true,
  remove: true,
  timeout: true,
};

const RETIRE_TIMEOUT = '5 min';

/** How much later than it was told to the scheduler may answer. */
const ANSWER_GRACE_MS = 10_000;

/** Workers that an error lists by name; `details.kept` has all. */
const LISTED_MAX = 3;

/** Has workers leave in order; the addresses of those that did. */
export async function retireWorkers(parts: ClientParts, options: RetireOptions): Promise<string[]> {
  parts.assertOpen('retireWorkers');
  checkOptionNames(options, RETIRE_OPTIONS);
  await requireReplicas(parts);
  const { workers, n = null, closeWorkers = true, remove = true } = options;
  if (n !== null && (workers !== undefined || !Number.isSafeInteger(n) || n < 0)) {
    throw new ClientError('GRID_CLIENT_BAD_OPTION', "'n' is a whole number of workers, and goes without 'workers'");
  }
  const timeoutMs = parseDuration(options.timeout ?? RETIRE_TIMEOUT);
  parts.outbox.closeBatch();
  const { retired, kept } = await parts.requests.request(
    {
      op: 'retire-workers',
      workers: workers === undefined ? null : checkWorkers(workers),
      count: n,
      closeWorkers,
      remove,
      timeoutMs,
    },
    { timeoutMs: timeoutMs + ANSWER_GRACE_MS },
  );
  if (kept.length === 0) return [...retired];
  const listed = kept.slice(0, LISTED_MAX).map(({ worker, reason }) => `${worker}: ${reason}`);
  throw new ClientError(
    'GRID_CLIENT_NOT_RETIRED',
    `${String(kept.length)} of ${String(kept.length + retired.length)} workers stay: ${listed.join('; ')}`,
    { details: { kept, retired } },
  );
}
