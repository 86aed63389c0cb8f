import { parseDuration, type Duration } from '@grid/common';
import type { CallableValue } from '@grid/protocol';

import { badArgument } from '../check-arguments.js';
import type { ClientParts } from '../client-parts.js';
import { ClientError } from '../errors.js';
import { threadsOf } from '../inspection/inspect-cluster.js';
import { callOnWorkers, prepareRun } from '../operations/run-on-workers.js';
import { mapItems, pullNames, pushNames, useNames } from './names.js';
import { WorkersError } from './workers-error.js';

/** What was pushed to a worker, by name. */
export type ViewNames = Record<string, unknown>;

/** How long a view waits. */
export interface ViewOptions {
  /** For each call, all workers together. Default: `'60s'`. */
  readonly timeout?: Duration;
}

/** What each worker gave, by its address. */
export type ByWorker<Result> = Record<string, Result>;

const TIMEOUT = '60s';

/**
 * Some workers, or all, under direct control: what is called runs at once on each of them, beside their tasks, one call at a time
 * in one thread. Values can be left there under names.
 *
 * Names last as long as that thread: until the worker ends, or code in a call ends it.
 *
 * @example
 * ```ts
 * const view = client.view();
 * await view.push({ table });
 * await view.execute((names) => void (names.rows = (names.table as Table).numRows));
 * await view.pull('rows'); // { 'tcp://…': 100, 'tcp://…': 100 }
 * ```
 *
 * @source IPython Parallel `DirectView`; dask.distributed `Client.run`.
 */
export class WorkersView {
  readonly #parts: ClientParts;
  readonly #targets: readonly string[];
  readonly #timeoutMs: number;

  /** @internal See {@link Client.view}. */
  constructor(parts: ClientParts, targets: readonly string[], { timeout = TIMEOUT }: ViewOptions) {
    parts.assertOpen('view');
    this.#parts = parts;
    this.#targets = targets;
    this.#timeoutMs = parseDuration(timeout);
  }

  /** The same workers, with other options; or some of them. */
  with(options: ViewOptions & { readonly workers?: string | readonly string[] }): WorkersView {
    const { workers = this.#targets, timeout = this.#timeoutMs } = options;
    return new WorkersView(this.#parts, typeof workers === 'string' ? [workers] : workers, { timeout });
  }

  /** The addresses of the workers as of now. @throws `RemoteError` `GRID_SCHEDULER_UNKNOWN_WORKER` */
  async workers(): Promise<string[]> {
    return Object.keys(await threadsOf(this.#parts, this.#targets)).sort();
  }

  /**
   * Runs `fn(...args)` on each worker.
   *
   * @throws {@link WorkersError} if it failed somewhere, with what the others gave; `RemoteError`
   * `GRID_SCHEDULER_UNKNOWN_WORKER`; {@link ClientError} `GRID_CLIENT_SCHEDULER_SILENT`.
   */
  async apply<Args extends readonly unknown[] | [], Result>(
    fn: (...args: Args) => Result,
    args?: Args,
  ): Promise<ByWorker<Awaited<Result>>> {
    // Each ran `fn`, so what each gave is what `fn` gives.
    return (await this.#run(fn, args ?? [], fn.name)) as ByWorker<Awaited<Result>>;
  }

  /** Runs `fn` on each worker with the names that are there, which it may read, set and delete. */
  async execute<Result>(fn: (names: ViewNames) => Result): Promise<ByWorker<Awaited<Result>>> {
    return (await this.#run(useNames, [fn], fn.name === '' ? 'execute' : fn.name)) as ByWorker<Awaited<Result>>;
  }

  /** Puts values on each worker, a copy each. */
  async push(values: ViewNames): Promise<void> {
    if (typeof values !== 'object' || values === null || Array.isArray(values)) {
      throw badArgument('what is pushed is an object of values by name, as in `view.push({ table })`', values);
    }
    await this.#run(pushNames, [values], 'push');
  }

  /** What stands behind a name on each worker, or behind several. @throws {@link WorkersError} where it was not pushed */
  async pull(name: string): Promise<ByWorker<unknown>>;
  async pull(names: readonly string[]): Promise<ByWorker<ViewNames>>;
  async pull(wanted: string | readonly string[]): Promise<ByWorker<unknown>> {
    const names = typeof wanted === 'string' ? [wanted] : wanted;
    const values = (await this.#run(pullNames, [names], 'pull')) as ByWorker<unknown[]>;
    const pulled = Object.entries(values).map(([worker, row]): [string, unknown] => [
      worker,
      typeof wanted === 'string' ? row[0] : Object.fromEntries(names.map((name, index) => [name, row[index]])),
    ]);
    return Object.fromEntries(pulled);
  }

  /** Runs `fn` on each item: each worker has a stretch of them, one after the other. The results, in the order of the items. */
  async map<Item, Result>(fn: (item: Item) => Result, items: Iterable<Item>): Promise<Awaited<Result>[]> {
    const all = [...items];
    const workers = await this.workers();
    const stretches = split(all, workers.length);
    const results: ByWorker<unknown> = {};
    const failures: ByWorker<unknown> = {};
    await Promise.all(
      stretches.map(async (stretch, index) => {
        const worker = workers[index] as string;
        if (stretch.length === 0) return;
        const only = this.with({ workers: [worker] });
        await only.#run(mapItems, [fn, stretch], fn.name).then(
          (given) => Object.assign(results, given),
          (error: unknown) => {
            failures[worker] = error instanceof WorkersError ? error.errors[0] : error;
          },
        );
      }),
    );
    if (Object.keys(failures).length > 0) throw new WorkersError(fn.name === '' ? 'map' : fn.name, failures, results);
    return workers.flatMap((worker) => (results[worker] as Awaited<Result>[] | undefined) ?? []);
  }

  async #run(fn: CallableValue, args: readonly unknown[], name: string): Promise<ByWorker<unknown>> {
    const prepared = prepareRun(this.#parts, fn, args, { workers: this.#targets, timeout: this.#timeoutMs });
    const results: ByWorker<unknown> = {};
    const failures: ByWorker<unknown> = {};
    for (const outcome of await callOnWorkers(this.#parts, prepared)) {
      if ('value' in outcome) results[outcome.worker] = outcome.value;
      else failures[outcome.worker] = outcome.error;
    }
    if (Object.keys(failures).length === 0) return results;
    throw new WorkersError(name === '' ? 'a function' : name, failures, results);
  }
}

/** As many stretches, as long as each other where that can be. */
function split<Item>(items: readonly Item[], count: number): Item[][] {
  if (count === 0 && items.length > 0)
    throw new ClientError('GRID_CLIENT_BAD_OPTION', 'the view has no workers; wait for some with waitForWorkers()');
  return Array.from({ length: count }, (_, index) =>
    items.slice(Math.floor((index * items.length) / count), Math.floor(((index + 1) * items.length) / count)),
  );
}
