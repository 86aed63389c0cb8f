import { deadlineSignal, isGridError, parseDuration, raceAbort } from '@grid/common';

import { addWaiter, removeWaiter, type FutureRecord, type Waiter } from '../core/future-record.js';
import { ClientError } from '../errors.js';
import type { WaitLimit } from '../future.js';
import type { TaskTies } from '../task-ties.js';

/** Says what the cluster makes of tasks that are waited for in vain. */
export type ExplainWait = (records: readonly FutureRecord[]) => Promise<string>;

/** What a wait needs of its client. */
export interface SettleParts {
  readonly ties: TaskTies;
  readonly explain: ExplainWait;
}

/** When a wait over several records is over. */
export type SettleGoal = 'all' | 'first' | 'all-or-error';

/** Counts down the records that are still pending. One object for any number of them. */
class Countdown implements Waiter {
  readonly promise: Promise<void>;
  /** Whether the goal was not met from the outset. */
  readonly isWaiting: boolean = false;
  #resolve!: () => void;
  #left = 0;
  readonly #goal: SettleGoal;

  constructor(records: readonly FutureRecord[], goal: SettleGoal) {
    this.#goal = goal;
    this.promise = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    let isMet = false;
    for (const record of records) {
      if (record.isSettled) isMet ||= this.#ends(record);
      else {
        this.#left += 1;
        addWaiter(record, this);
      }
    }
    if (isMet || this.#left === 0) this.#resolve();
    else this.isWaiting = true;
  }

  onSettled(record: FutureRecord): void {
    this.#left -= 1;
    if (this.#left === 0 || this.#ends(record)) this.#resolve();
  }

  #ends(record: FutureRecord): boolean {
    return this.#goal === 'first' || (this.#goal === 'all-or-error' && record.status !== 'finished');
  }
}

/**
 * Waits until records are no longer pending.
 *
 * @throws {@link ClientError} `GRID_CLIENT_TIMEOUT`, whose message says what the tasks wait for.
 */
export async function settle(
  { ties, explain }: SettleParts,
  records: readonly FutureRecord[],
  goal: SettleGoal,
  limit: WaitLimit,
): Promise<void> {
  const countdown = new Countdown(records, goal);
  if (countdown.isWaiting) ties.beforeWait();
  if (limit.timeout === undefined && limit.signal === undefined) return countdown.promise;
  const ms = limit.timeout === undefined ? Infinity : parseDuration(limit.timeout);
  using deadline = deadlineSignal(ms, 'wait', limit.signal);
  try {
    await raceAbort(countdown.promise, deadline.signal);
  } catch (error) {
    const pending = records.filter((record) => !record.isSettled);
    for (const record of pending) removeWaiter(record, countdown);
    if (!isGridError(error, 'GRID_COMMON_TIMEOUT')) throw error;
    const why = await explain(pending);
    throw new ClientError(
      'GRID_CLIENT_TIMEOUT',
      `${String(pending.length)} of ${String(records.length)} tasks were not done after ${String(ms)} ms: ${why}`,
      { details: { pending: pending.slice(0, 20).map(({ key }) => key), ms }, cause: error },
    );
  }
}
