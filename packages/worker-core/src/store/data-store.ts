import type { Payload } from '@grid/protocol';

/** A value in a store. It does not change, and stays readable for whoever has it although it may leave the store. */
export interface StoredValue {
  readonly key: string;
  readonly payload: Payload;
  /** Bytes of the payload. */
  readonly nbytes: number;
}

/** What a store tells by itself. Never from within a call of it. */
export interface DataStoreEvents {
  /** The value was moved to disk: what else refers to its memory keeps that from being free. */
  onEvicted(taskId: number, payload: Payload): void;
  /** What was on disk cannot be read back as it was written. The value is not in the store any more. */
  onLost(taskId: number, problem: string): void;
  /** Nothing more is being moved to disk: there is room again, or that is not to be had. */
  onEvictionEnd(): void;
  /** Values were read from disk, or written to it. `ms`: how long that took. */
  onDiskUse(activity: 'disk-read' | 'disk-write', ms: number, nbytes: number): void;
  /** @param problem - why the disk takes no more */
  onDiskChange(state: DiskState, problem: string): void;
}

/**
 * Whether values can be moved to disk: they can; those that are there have reached the limit; or the file system refuses.
 */
export type DiskState = 'ok' | 'limit-reached' | 'failing';

/**
 * Where a worker keeps results, encoded. A store that is right passes the suite in `testing/store-compliance.ts`.
 *
 * Values do not change once they are here. Large parts are in shared memory, so that threads read them without a copy. A
 * store may move values out of memory, those first that nobody has asked for the longest.
 */
export interface DataStore {
  /** How many values there are. */
  readonly count: number;
  /** Bytes of all values. */
  readonly nbytes: number;
  /** How many of them are not in memory. */
  readonly spilledCount: number;
  /** Bytes of those. */
  readonly spilledBytes: number;
  /** Whether values are being moved to disk. */
  readonly isEvicting: boolean;
  /** Unless it is `ok`, what is in memory stays there. */
  readonly diskState: DiskState;
  /** Names the one who is told what the store does by itself. */
  listen(events: DataStoreEvents): void;
  /** Keeps a value, in place of one of the same number. Returns its size in bytes. */
  put(taskId: number, key: string, payload: Payload): number;
  /** The value, if it is in memory. */
  get(taskId: number): StoredValue | undefined;
  /** The values of these that are there, brought back into memory where they are not. */
  load(taskIds: Iterable<number>): Promise<ReadonlyMap<number, StoredValue>>;
  /**
   * Moves values out of memory.
   *
   * @param nbytes - at least so many, if there are
   * @returns how many were moved
   */
  evict(nbytes: number): Promise<number>;
  /** `false`: there was none. */
  delete(taskId: number): boolean;
  clear(): void;
  /** Drops everything, on disk as well. Idempotent, never rejects. */
  close(): Promise<void>;
}
