import type { Payload } from '@grid/protocol';

/** A value in a store. */
export interface StoredValue {
  readonly key: string;
  readonly payload: Payload;
  /** Bytes of the payload. */
  readonly nbytes: number;
}

/**
 * Where a worker keeps results, encoded. A store that is right passes the suite in `testing/store-compliance.ts`.
 *
 * Values do not change once they are here. Large parts are in shared memory, so that threads read them without a copy.
 */
export interface DataStore {
  /** How many values there are. */
  readonly count: number;
  /** Bytes of all values. */
  readonly nbytes: number;
  /** Keeps a value, in place of one of the same number. Returns its size in bytes. */
  put(taskId: number, key: string, payload: Payload): number;
  get(taskId: number): StoredValue | undefined;
  /** `false`: there was none. */
  delete(taskId: number): boolean;
  clear(): void;
}
