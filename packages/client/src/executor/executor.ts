import type { CallableValue } from '@grid/protocol';

import type { ClientParts } from '../client-parts.js';
import { ClientError } from '../errors.js';
import type { Resolved, ResolvedArgs } from '../future.js';
import { checkOptions } from '../operations/graph-options.js';
import { submit } from '../operations/submit.js';
import type { SubmitOptions } from '../options.js';
import { ExecutorMap, type ExecutorMapOptions } from './executor-map.js';
import { TaskGate } from './task-gate.js';

/** How the tasks of an executor are run. */
export interface ExecutorOptions extends Pick<
  SubmitOptions,
  | 'workers'
  | 'allowOtherWorkers'
  | 'resources'
  | 'executor'
  | 'custom'
  | 'retries'
  | 'priority'
  | 'fifoTimeout'
  | 'timeout'
> {
  /** Tasks of this executor on the cluster at a time; more wait here. Default: 10 000. */
  readonly concurrency?: number;
  /** Whether equal calls are one task. Default: `false`, each call runs. */
  readonly pure?: boolean;
}

const CONCURRENCY = 10_000;

/**
 * A pool with the cluster behind it, for code that was written for a pool: calls give promises of results.
 *
 * @example
 * ```ts
 * await using pool = client.getExecutor({ concurrency: 8 });
 * const sizes = await pool.map(measure, files);
 * for await (const size of pool.map(measure, files, { ordered: false })) console.log(size);
 * ```
 *
 * @source dask.distributed `Client.get_executor`; `map` is as that of p-map.
 */
export class Executor implements AsyncDisposable {
  readonly #parts: ClientParts;
  readonly #options: SubmitOptions;
  readonly #concurrency: number;
  readonly #gate: TaskGate;
  readonly #running = new Set<Promise<unknown>>();
  readonly #ending = new AbortController();
  #isClosed = false;

  /** @internal See {@link Client.getExecutor}. */
  constructor(parts: ClientParts, { concurrency = CONCURRENCY, pure = false, ...options }: ExecutorOptions) {
    parts.assertOpen('getExecutor');
    checkConcurrency(concurrency);
    this.#parts = parts;
    this.#options = { ...options, pure };
    // What is wrong with them is told here, and not by the first task.
    checkOptions(this.#options);
    this.#concurrency = concurrency;
    this.#gate = new TaskGate(concurrency);
  }

  /** Tasks that are on the cluster. */
  get activeCount(): number {
    return this.#gate.active;
  }

  /** Calls that wait for a place. */
  get pendingCount(): number {
    return this.#gate.waiting;
  }

  /** Whether it takes no more calls. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /**
   * Runs `fn(...args)` on the cluster, and fetches the result. What travels is taken when the call has a place: at once, unless
   * `concurrency` others are under way.
   *
   * @param options - `signal` gives the call up, and cancels its task.
   * @throws What the task threw; {@link ClientError} `GRID_CLIENT_CLOSED` once this is closed, and all that {@link Client.submit}
   * may throw; the signal's reason.
   */
  async submit<Args extends readonly unknown[] | [], Result>(
    fn: (...args: ResolvedArgs<Args>) => Result,
    args: Args,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<Awaited<Result>> {
    // The task is `fn`, so its result is what `fn` gives.
    return this.#track(this.#run(fn, args, options.signal)) as Promise<Awaited<Result>>;
  }

  /**
   * Runs `fn` on each item. Awaited it gives all results, in order; iterated it gives them one by one, and takes items only as
   * fast as results are taken. Nothing begins before either is done, and it can be done once.
   */
  map<Item, Result>(
    fn: (item: Resolved<Item>) => Result,
    items: Iterable<Item> | AsyncIterable<Item>,
    options: ExecutorMapOptions = {},
  ): ExecutorMap<Awaited<Result>> {
    const { concurrency = this.#concurrency } = options;
    checkConcurrency(concurrency);
    // The tasks are `fn`, so their results are what `fn` gives.
    return new ExecutorMap<Awaited<Result>>(
      items,
      { ...options, concurrency },
      (item, signal) => this.#track(this.#run(fn, [item], signal)) as Promise<Awaited<Result>>,
    );
  }

  /** Takes no more calls, and waits for those under way, or gives them up if so asked. Idempotent. Never rejects. */
  async close(options: { readonly cancel?: boolean } = {}): Promise<void> {
    this.#isClosed = true;
    if (options.cancel === true)
      this.#ending.abort(new ClientError('GRID_CLIENT_CLOSED', 'the executor was closed, and its tasks given up'));
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #run(fn: CallableValue, args: readonly unknown[], signal: AbortSignal | undefined): Promise<unknown> {
    if (this.#isClosed) throw new ClientError('GRID_CLIENT_CLOSED', 'the executor is closed; get another one');
    const ending = signal === undefined ? this.#ending.signal : AbortSignal.any([signal, this.#ending.signal]);
    await this.#gate.enter(ending);
    try {
      const future = submit(this.#parts, fn, args, { ...this.#options, signal: ending });
      try {
        return await future.result({ signal: ending });
      } catch (error) {
        // The task was cancelled for that reason.
        ending.throwIfAborted();
        throw error;
      } finally {
        future.release();
      }
    } finally {
      this.#gate.leave();
    }
  }

  #track(running: Promise<unknown>): Promise<unknown> {
    const done = (): void => void this.#running.delete(running);
    this.#running.add(running);
    running.then(done, done);
    return running;
  }
}

function checkConcurrency(concurrency: number): void {
  if (concurrency === Infinity || (Number.isSafeInteger(concurrency) && concurrency > 0)) return;
  throw new ClientError(
    'GRID_CLIENT_BAD_OPTION',
    `option concurrency is ${String(concurrency)}; it must be a whole number from 1 on, or Infinity`,
    { details: { option: 'concurrency' } },
  );
}
