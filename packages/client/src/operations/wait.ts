import type { OptionNames } from '@grid/common';

import { checkOptionNames } from '../check-arguments.js';
import type { ClientParts } from '../client-parts.js';
import type { Future, WaitLimit } from '../future.js';
import { settle } from './settle.js';
import { stateError } from './task-error.js';

/** When {@link Client.wait} is over. */
export interface WaitOptions extends WaitLimit {
  /** Default: `ALL_COMPLETED`. */
  readonly returnWhen?: 'ALL_COMPLETED' | 'FIRST_COMPLETED';
}

const OPTIONS: OptionNames<WaitOptions> = { returnWhen: true, signal: true, timeout: true };

/** Futures by whether their tasks are over. */
export interface WaitResult<T> {
  readonly done: Future<T>[];
  readonly notDone: Future<T>[];
}

/**
 * Waits for tasks to be over, without fetching their results. A failed task is over as well.
 *
 * @throws {@link ClientError} `GRID_CLIENT_CANCELLED` or `GRID_CLIENT_SCHEDULER_LOST` if one of them will never be.
 */
export async function wait<T>(
  parts: ClientParts,
  futures: readonly Future<T>[],
  options: WaitOptions,
): Promise<WaitResult<T>> {
  checkOptionNames(options, OPTIONS);
  const records = parts.futures.requireAll(futures);
  await settle(parts, records, options.returnWhen === 'FIRST_COMPLETED' ? 'first' : 'all', options);
  for (const record of records) {
    if (record.status === 'cancelled' || record.status === 'lost') throw stateError(record);
  }
  const done: Future<T>[] = [];
  const notDone: Future<T>[] = [];
  for (const [index, future] of futures.entries()) (records[index]?.isSettled === true ? done : notDone).push(future);
  return { done, notDone };
}
