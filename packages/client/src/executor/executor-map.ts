/** How {@link Executor.map} goes about it. */
export interface ExecutorMapOptions {
  /** Items under way at a time, results that nobody has taken included. Default: that of the executor. */
  readonly concurrency?: number;
  /** Whether results come in the order of the items, rather than as they are done. Default: `true`. */
  readonly ordered?: boolean;
  /**
   * Whether the first error ends it: what is under way is given up. Otherwise all items are run, and then an `AggregateError`
   * has what went wrong. Default: `true`.
   */
  readonly stopOnError?: boolean;
  /** Gives all of it up. */
  readonly signal?: AbortSignal;
}

/** Runs one item. */
export type RunItem<Result> = (item: never, signal: AbortSignal) => Promise<Result>;

type Source = Iterator<unknown> | AsyncIterator<unknown>;

/** The results of a map: all of them where it is awaited, one by one where it is iterated. */
export class ExecutorMap<Result> implements PromiseLike<Result[]>, AsyncIterableIterator<Result> {
  readonly #items: Iterable<unknown> | AsyncIterable<unknown>;
  readonly #options: ExecutorMapOptions & { readonly concurrency: number };
  readonly #run: RunItem<Result>;
  readonly #ending = new AbortController();
  /** Results that nobody has taken, by the place of their item, or as they came. */
  readonly #ready = new Map<number, Result>();
  /** What went wrong, by the place of the item. */
  readonly #errors = new Map<number, unknown>();
  #source: Source | undefined;
  #promise: Promise<Result[]> | undefined;
  #started = 0;
  #taken = 0;
  #running = 0;
  #isSourceDone = false;
  #failure: { readonly error: unknown } | undefined;
  #wakePump: (() => void) | undefined;
  #wakeTaker: (() => void) | undefined;

  /** @internal {@link Executor.map} makes them. */
  constructor(
    items: Iterable<unknown> | AsyncIterable<unknown>,
    options: ExecutorMapOptions & { readonly concurrency: number },
    run: RunItem<Result>,
  ) {
    this.#items = items;
    this.#options = options;
    this.#run = run;
  }

  then<A = Result[], B = never>(
    onFulfilled?: ((results: Result[]) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#promise ??= this.#collect();
    return this.#promise.then(onFulfilled, onRejected);
  }

  async next(): Promise<IteratorResult<Result, undefined>> {
    this.#start();
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure.error;
      const index = this.#nextIndex();
      if (index !== undefined) {
        const value = this.#ready.get(index) as Result;
        this.#ready.delete(index);
        this.#wakePump?.();
        return { done: false, value };
      }
      if (this.#isSourceDone && this.#running === 0) return this.#finish();
      await new Promise<void>((resolve) => {
        this.#wakeTaker = resolve;
      });
    }
  }

  /** Gives up what is under way. */
  async return(): Promise<IteratorResult<Result, undefined>> {
    this.#isSourceDone = true;
    this.#ending.abort(new DOMException('nobody takes the results any more', 'AbortError'));
    this.#wakePump?.();
    await this.#source?.return?.();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #collect(): Promise<Result[]> {
    const results: Result[] = [];
    for (let next = await this.next(); next.done !== true; next = await this.next()) results.push(next.value);
    return results;
  }

  #start(): void {
    if (this.#source !== undefined) return;
    const items = this.#items;
    this.#source = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
    void this.#pump(this.#source);
  }

  /** Takes items as long as there is room. */
  async #pump(source: Source): Promise<void> {
    const { signal } = this.#options;
    const onAbort = (): void => this.#fail(signal?.reason);
    if (signal?.aborted === true) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      while (!this.#isSourceDone) {
        if (this.#running + this.#ready.size >= this.#options.concurrency) {
          await new Promise<void>((resolve) => {
            this.#wakePump = resolve;
          });
          continue;
        }
        const next = await source.next();
        if (next.done === true) break;
        if (!this.#hasEnded()) void this.#runItem(next.value as never);
      }
    } catch (error) {
      this.#fail(error);
    }
    this.#isSourceDone = true;
    this.#wakeTaker?.();
    while (this.#running > 0 && !this.#hasEnded()) {
      await new Promise<void>((resolve) => {
        this.#wakePump = resolve;
      });
    }
    signal?.removeEventListener('abort', onAbort);
  }

  async #runItem(item: never): Promise<void> {
    const place = this.#started;
    this.#started += 1;
    this.#running += 1;
    try {
      const result = await this.#run(item, this.#ending.signal);
      this.#ready.set(place, result);
    } catch (error) {
      if (this.#options.stopOnError !== false) this.#fail(error);
      else this.#errors.set(place, error);
      this.#skipped.add(place);
    } finally {
      this.#running -= 1;
      this.#wakeTaker?.();
      this.#wakePump?.();
    }
  }

  /** Items that have no result. */
  readonly #skipped = new Set<number>();

  #nextIndex(): number | undefined {
    if (this.#options.ordered === false) {
      for (const index of this.#ready.keys()) return index;
      return undefined;
    }
    while (this.#skipped.delete(this.#taken)) this.#taken += 1;
    if (!this.#ready.has(this.#taken)) return undefined;
    this.#taken += 1;
    return this.#taken - 1;
  }

  #fail(error: unknown): void {
    if (this.#failure !== undefined || this.#ending.signal.aborted) return;
    this.#failure = { error };
    this.#isSourceDone = true;
    this.#ending.abort(error);
    this.#wakeTaker?.();
    this.#wakePump?.();
  }

  #finish(): IteratorResult<Result, undefined> {
    if (this.#errors.size === 0) return { done: true, value: undefined };
    const errors = [...this.#errors].sort(([a], [b]) => a - b).map(([, error]) => error);
    this.#errors.clear();
    throw new AggregateError(errors, `${String(errors.length)} of ${String(this.#started)} items failed`);
  }

  /** Changes while the source is waited for, which the compiler does not assume. */
  #hasEnded(): boolean {
    return this.#ending.signal.aborted;
  }
}
