import { ByteSink, ValueEncoder, type CodeEncoder, type EncodeOptions } from '@grid/protocol';

import type { FailurePart } from '../core/failure-part.js';
import { SHARED_BYTES_MIN, toShared } from '../store/shared-bytes.js';
import { DONE, type DoneExtra, type DoneMessage, type ThreadFailure } from './thread-messages.js';
import { typeNameOf } from './type-name.js';

/** Results wait for others at most this long, so that a slow task does not hold back what was done before it. */
export const HOLD_BACK_MS = 1.5;

/** A block of results as large as this goes at once; the store keeps it as long as one of them is wanted. */
const BLOCK_BYTES_MAX = 64 * 1024;

const NOTHING = new Uint8Array(0);

/** How large a result is, for those who keep it. */
export interface WrittenResult {
  readonly bodyBytes: number;
  readonly bufferCount: number;
  readonly bufferBytes: number;
  readonly hasFutures: boolean;
  /** Futures in it that are not kept for its sake yet. If there are any, the result was not added. */
  readonly unheld: readonly object[];
}

/** The result of a task, and when it ran. */
export interface NewResult {
  readonly taskId: number;
  readonly value: unknown;
  readonly start: number;
  readonly end: number;
  /** Futures that are kept for its sake. */
  readonly held?: ReadonlySet<object> | undefined;
}

/** Gives the key of a future that may be sent as such. */
export type KeyOfFuture = (future: object) => string | undefined;

const NONE: readonly object[] = [];

/** Collects what became of tasks in a thread until it is sent. */
export class ResultWriter {
  readonly #options: EncodeOptions;
  /** Those in the result that is being written. */
  #futures: object[] = [];
  readonly #encoder = new ValueEncoder();
  readonly #sink = new ByteSink(8192);
  readonly #typeIndexes = new Map<string, number>();
  #rows: number[] = [];
  #large: [number, Uint8Array | null, readonly Uint8Array[]][] = [];
  #newTypes: string[] = [];
  #failures: ThreadFailure[] = [];
  #rescheduled: number[] = [];
  #suspended = new Set<number>();
  #since = 0;

  /** @param keyOfFuture - without it results may have no futures in them */
  constructor(code: CodeEncoder, keyOfFuture?: KeyOfFuture) {
    this.#options = {
      code,
      rootName: 'result',
      futureFix: 'return what it stands for: await its result() in the task',
      keyOfFuture: (future) => {
        const key = keyOfFuture?.(future);
        if (key !== undefined) this.#futures.push(future);
        return key;
      },
    };
  }

  /** Whether there are tasks that have ended of which nobody was told. */
  get hasEnds(): boolean {
    return this.#rows.length + this.#failures.length + this.#rescheduled.length > 0;
  }

  /** Whether there is something that should not wait any longer. */
  isDue(now: number): boolean {
    return this.#rows.length > 0 && (now - this.#since > HOLD_BACK_MS || this.#sink.length > BLOCK_BYTES_MAX);
  }

  /**
   * Adds a result, unless it has futures in it that are not held.
   *
   * @throws `GRID_PROTOCOL_UNSERIALIZABLE` with the path in the result; nothing is added then.
   */
  addResult({ taskId, value, start, end, held }: NewResult): WrittenResult {
    const sink = this.#sink;
    const bodyStart = sink.length;
    if (this.#futures.length > 0) this.#futures = [];
    const buffers = this.#encoder.encodeInto(sink, value, this.#options);
    const bodyBytes = sink.length - bodyStart;
    const futures = this.#futures;
    const hasFutures = futures.length > 0;
    if (hasFutures) {
      const unheld = futures.filter((future) => held?.has(future) !== true);
      if (unheld.length > 0) {
        sink.length = bodyStart;
        return { bodyBytes, bufferCount: buffers.length, bufferBytes: 0, hasFutures, unheld };
      }
    }
    if (buffers.length > 0 || bodyBytes >= SHARED_BYTES_MIN) this.#addLarge(bodyStart, bodyBytes, buffers);
    if (this.#rows.length === 0) this.#since = end;
    this.#rows.push(taskId, sink.length, this.#typeIndex(value), start, end - start);
    this.#suspended.delete(taskId);
    let bufferBytes = 0;
    for (const buffer of buffers) bufferBytes += buffer.byteLength;
    return { bodyBytes, bufferCount: buffers.length, bufferBytes, hasFutures, unheld: NONE };
  }

  addFailure(taskId: number, failure: FailurePart, start: number, end: number): void {
    this.#failures.push({ taskId, failure, start, duration: end - start });
    this.#suspended.delete(taskId);
  }

  addRescheduled(taskId: number): void {
    this.#rescheduled.push(taskId);
    this.#suspended.delete(taskId);
  }

  /** The task waits for a promise. Taken back by what is added for it before the next message. */
  addSuspended(taskId: number): void {
    this.#suspended.add(taskId);
  }

  /**
   * Takes everything that was collected.
   *
   * @param withSuspended - Whether to tell which tasks wait. Promises that are about to settle need not be told of.
   */
  take(withSuspended: boolean): DoneMessage | undefined {
    const extra = this.#takeExtra(withSuspended);
    if (this.#rows.length === 0 && extra === undefined) return undefined;
    const rows = Float64Array.from(this.#rows);
    const block = this.#sink.length === 0 ? NOTHING : this.#sink.copy();
    this.#sink.reset();
    if (this.#rows.length > 0) this.#rows = [];
    return extra === undefined ? { kind: 'done', rows, block } : { kind: 'done', rows, block, extra };
  }

  #takeExtra(withSuspended: boolean): DoneExtra | undefined {
    const suspendedCount = withSuspended ? this.#suspended.size : 0;
    const ends = this.#failures.length + this.#rescheduled.length;
    if (ends + suspendedCount + this.#large.length + this.#newTypes.length === 0) return undefined;
    const extra: DoneExtra = {
      large: this.#large,
      newTypes: this.#newTypes,
      failures: this.#failures,
      rescheduled: this.#rescheduled,
      suspended: suspendedCount === 0 ? [] : [...this.#suspended],
    };
    this.#large = [];
    this.#newTypes = [];
    this.#failures = [];
    this.#rescheduled = [];
    if (suspendedCount > 0) this.#suspended = new Set();
    return extra;
  }

  #addLarge(bodyStart: number, bodyBytes: number, buffers: readonly Uint8Array[]): void {
    let body: Uint8Array | null = null;
    if (bodyBytes >= SHARED_BYTES_MIN) {
      body = toShared(this.#sink.bytes.subarray(bodyStart, bodyStart + bodyBytes));
      this.#sink.length = bodyStart;
    }
    // The user's memory stays the user's: what is kept of it is a copy, unless it is shared already.
    this.#large.push([this.#rows.length / DONE.width, body, buffers.map(toShared)]);
  }

  #typeIndex(value: unknown): number {
    const name = typeNameOf(value);
    const known = this.#typeIndexes.get(name);
    if (known !== undefined) return known;
    const index = this.#typeIndexes.size;
    this.#typeIndexes.set(name, index);
    this.#newTypes.push(name);
    return index;
  }
}
