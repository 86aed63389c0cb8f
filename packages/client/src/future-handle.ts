import type { Key } from '@grid/common';

import type { FutureRecord, FutureStatus } from './core/future-record.js';
import { ClientError } from './errors.js';
import { FUTURE, type Future, type WaitLimit } from './future.js';
import type { LogEntry } from './output/log-entry.js';
import type { FutureScope } from './future-scope.js';

/** What a future asks of the client that made it. */
export interface FutureHost {
  fetch(record: FutureRecord, limit: WaitLimit): Promise<unknown>;
  failureOf(record: FutureRecord, limit: WaitLimit): Promise<unknown>;
  logsOf(record: FutureRecord): Promise<LogEntry[]>;
  release(handle: FutureHandle<unknown>, record: FutureRecord, scope: FutureScope | null): void;
  cancel(record: FutureRecord, options: { readonly reason?: string; readonly force?: boolean }): void;
  retry(record: FutureRecord): void;
  /** Has the scheduler run failed tasks again, which are pending here by now. */
  retryKeys(ids: readonly number[]): void;
  fireAndForget(record: FutureRecord): void;
}

/** The one implementation of {@link Future}. */
export class FutureHandle<T> implements Future<T> {
  readonly #host: FutureHost;
  readonly #record: FutureRecord;
  readonly #scope: FutureScope | null;
  #wasReleased = false;

  constructor(host: FutureHost, record: FutureRecord, scope: FutureScope | null) {
    this.#host = host;
    this.#record = record;
    this.#scope = scope;
  }

  get key(): Key {
    return this.#record.key;
  }

  get [FUTURE](): T | undefined {
    return undefined;
  }

  get status(): FutureStatus {
    return this.#isReleased ? 'cancelled' : this.#record.status;
  }

  get type(): string | null {
    return this.#record.typeName;
  }

  get isDone(): boolean {
    return this.status !== 'pending';
  }

  async result(limit: WaitLimit = {}): Promise<T> {
    // What comes out was made by the task whose type this future carries; nobody can check it here.
    return this.#after((await this.#host.fetch(this.#held(), limit)) as T);
  }

  async exception(limit: WaitLimit = {}): Promise<unknown> {
    return this.#after(await this.#host.failureOf(this.#held(), limit));
  }

  async logs(): Promise<LogEntry[]> {
    return this.#after(await this.#host.logsOf(this.#held()));
  }

  release(): void {
    if (this.#isReleased) return;
    this.#wasReleased = true;
    this.#host.release(this, this.#record, this.#scope);
  }

  cancel(options: { readonly reason?: string; readonly force?: boolean } = {}): void {
    this.#host.cancel(this.#held(), options);
  }

  retry(): void {
    this.#host.retry(this.#held());
  }

  [Symbol.dispose](): void {
    this.release();
  }

  /** @internal See `fireAndForget`. */
  fireAndForget(): void {
    this.#host.fireAndForget(this.#held());
  }

  /** @internal Whether this is a future of that client. */
  isOf(host: FutureHost): boolean {
    return host === this.#host;
  }

  /** @internal The record, for the client whose future this is. */
  recordFor(host: FutureHost): FutureRecord {
    if (host === this.#host) return this.#held();
    throw foreignFuture(this.key);
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    const type = this.type === null ? '' : `, type: ${this.type}`;
    return `<Future: ${this.#isReleased ? 'released' : this.status}${type}, key: ${this.key}>`;
  }

  get #isReleased(): boolean {
    return this.#wasReleased || this.#scope?.hasEnded === true;
  }

  /** Keeps this future until what it waits for has come: one that nobody holds is collected, and its task given up. */
  #after<V>(outcome: V): V {
    return outcome;
  }

  #held(): FutureRecord {
    if (!this.#isReleased) return this.#record;
    const why = this.#wasReleased ? 'was released' : 'ended with the task that made it; return it to keep it';
    throw new ClientError('GRID_CLIENT_CANCELLED', `the future ${this.key} ${why}`, { details: { key: this.key } });
  }
}

/** The error for a future that another client, or another copy of this package, handed out. */
export function foreignFuture(key: string): ClientError {
  return new ClientError(
    'GRID_CLIENT_FOREIGN_FUTURE',
    `the future ${key} belongs to another client; fetch its result there, or submit its task here`,
    { details: { key } },
  );
}
