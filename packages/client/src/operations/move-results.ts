import { parseDuration, type Duration, type OptionNames } from '@grid/common';

import { checkOptionNames } from '../check-arguments.js';
import type { ClientParts } from '../client-parts.js';
import type { FutureRecord } from '../core/future-record.js';
import { ClientError } from '../errors.js';
import type { Future } from '../future.js';
import { requireReplicas } from './require-replicas.js';
import { settle } from './settle.js';

/** What moves of results have in common. */
export interface RebalanceOptions {
  /** Where: addresses, names or hosts of workers. Default: all workers. */
  readonly workers?: string | readonly string[];
  /** How long all of it may take, running tasks included. Default: `'5 min'`. */
  readonly timeout?: Duration;
}

/** How many copies of results there are to be, and where. */
export interface ReplicateOptions extends RebalanceOptions {
  /** How many of each. Default: one on each worker. */
  readonly n?: number;
  /** How many copies are made of each copy at a time. Default: 2. */
  readonly branchingFactor?: number;
}

/** Copies of results that are there. */
export interface CopyOrder {
  /** `null`: one on each worker. */
  readonly copies: number | null;
  readonly workers: string | readonly string[] | undefined;
  readonly branchingFactor: number;
  readonly timeoutMs: number;
}

const TIMEOUT = '5 min';

/** Copies made of each copy at a time, unless somebody says otherwise. */
export const BRANCHING_FACTOR = 2;

const REBALANCE_OPTIONS: OptionNames<RebalanceOptions> = { workers: true, timeout: true };
const REPLICATE_OPTIONS: OptionNames<ReplicateOptions> = { ...REBALANCE_OPTIONS, n: true, branchingFactor: true };

/** How much later than it was told to the scheduler may answer. */
const ANSWER_GRACE_MS = 10_000;

/** Keys that an error names; `details.keys` has all. */
const LISTED_MAX = 3;

/** Makes copies of results, or takes some away, until there are as many as are wanted. */
export async function replicate(
  parts: ClientParts,
  futures: readonly Future<unknown>[],
  options: ReplicateOptions,
): Promise<void> {
  parts.assertOpen('replicate');
  checkOptionNames(options, REPLICATE_OPTIONS);
  const { n = null, workers, branchingFactor = BRANCHING_FACTOR } = options;
  if (n !== null) checkCount('n', n);
  checkCount('branchingFactor', branchingFactor);
  const records = parts.futures.requireAll(futures);
  const timeoutMs = await waitForTasks(parts, records, options.timeout);
  await copyResults(parts, records, { copies: n, workers, branchingFactor, timeoutMs });
}

/** The same for results that are there. */
export async function copyResults(
  parts: ClientParts,
  records: readonly FutureRecord[],
  { copies, workers, branchingFactor, timeoutMs }: CopyOrder,
): Promise<void> {
  await requireReplicas(parts);
  parts.outbox.closeBatch();
  const ids = records.map(({ id }) => id);
  const { missing, reason } = await parts.requests.request(
    { op: 'replicate', ids, copies, workers: namesOf(workers), branchingFactor, timeoutMs },
    { timeoutMs: timeoutMs + ANSWER_GRACE_MS },
  );
  assertPlaced(records, missing, reason === '' ? 'they are lost, or no worker takes them' : reason);
}

/** Moves results so that workers use about the same memory. */
export async function rebalance(
  parts: ClientParts,
  futures: readonly Future<unknown>[] | undefined,
  options: RebalanceOptions,
): Promise<void> {
  parts.assertOpen('rebalance');
  checkOptionNames(options, REBALANCE_OPTIONS);
  const records = futures === undefined ? null : parts.futures.requireAll(futures);
  const timeoutMs = await waitForTasks(parts, records ?? [], options.timeout);
  await requireReplicas(parts);
  parts.outbox.closeBatch();
  const ids = records?.map(({ id }) => id) ?? null;
  const { missing, reason } = await parts.requests.request(
    { op: 'rebalance', ids, workers: namesOf(options.workers), timeoutMs },
    { timeoutMs: timeoutMs + ANSWER_GRACE_MS },
  );
  assertPlaced(records ?? [], missing, 'they are not on any worker');
  if (reason !== '') throw new ClientError('GRID_CLIENT_NOT_PLACED', `not all results were moved: ${reason}`);
}

/** Waits until tasks are over; how much of the time is left, in milliseconds. */
async function waitForTasks(
  parts: ClientParts,
  records: readonly FutureRecord[],
  timeout: Duration = TIMEOUT,
): Promise<number> {
  const endsAt = performance.now() + parseDuration(timeout);
  await settle(parts, records, 'all', { timeout });
  return Math.max(1, endsAt - performance.now());
}

function assertPlaced(records: readonly FutureRecord[], missing: ArrayLike<number>, why: string): void {
  if (missing.length === 0) return;
  const ids = new Set(Array.from(missing));
  const keys = records.filter(({ id }) => ids.has(id)).map(({ key }) => key);
  const listed = keys.length > LISTED_MAX ? [...keys.slice(0, LISTED_MAX), '…'] : keys;
  throw new ClientError(
    'GRID_CLIENT_NOT_PLACED',
    `${String(keys.length)} of ${String(records.length)} results are not where they should be: ${why}: ${listed.join(', ')}`,
    { details: { keys } },
  );
}

function namesOf(workers: string | readonly string[] | undefined): readonly string[] | null {
  if (workers === undefined) return null;
  return typeof workers === 'string' ? [workers] : workers;
}

function checkCount(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value > 0) return;
  throw new ClientError('GRID_CLIENT_BAD_OPTION', `'${name}' is a whole number from 1 on, not ${String(value)}`);
}
