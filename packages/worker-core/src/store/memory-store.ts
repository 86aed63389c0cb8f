import { payloadBytes, type Payload } from '@grid/protocol';

import type { DataStore, DataStoreEvents, StoredValue } from './data-store.js';
import { PackedPayload } from './packed-payload.js';
import { toSharedPayload } from './shared-bytes.js';

/** Keeps all values in memory. */
export class MemoryStore implements DataStore {
  readonly spilledCount = 0;
  readonly spilledBytes = 0;
  readonly isEvicting = false;
  readonly diskState = 'ok';
  readonly #values = new Map<number, StoredValue>();
  #nbytes = 0;

  get count(): number {
    return this.#values.size;
  }

  get nbytes(): number {
    return this.#nbytes;
  }

  listen(_events: DataStoreEvents): void {
    // Nothing happens here but what somebody asks for.
  }

  put(taskId: number, key: string, payload: Payload): number {
    const before = this.#values.get(taskId);
    if (before !== undefined) this.#nbytes -= before.nbytes;
    if (payload instanceof PackedPayload) {
      this.#values.set(taskId, { key, payload, nbytes: payload.nbytes });
      this.#nbytes += payload.nbytes;
      return payload.nbytes;
    }
    const nbytes = payloadBytes(payload);
    this.#values.set(taskId, { key, payload: toSharedPayload(payload), nbytes });
    this.#nbytes += nbytes;
    return nbytes;
  }

  get(taskId: number): StoredValue | undefined {
    return this.#values.get(taskId);
  }

  load(taskIds: Iterable<number>): Promise<ReadonlyMap<number, StoredValue>> {
    const values = new Map<number, StoredValue>();
    for (const taskId of taskIds) {
      const value = this.#values.get(taskId);
      if (value !== undefined) values.set(taskId, value);
    }
    return Promise.resolve(values);
  }

  evict(_nbytes: number): Promise<number> {
    return Promise.resolve(0);
  }

  delete(taskId: number): boolean {
    const value = this.#values.get(taskId);
    if (value === undefined) return false;
    this.#nbytes -= value.nbytes;
    return this.#values.delete(taskId);
  }

  clear(): void {
    this.#values.clear();
    this.#nbytes = 0;
  }
  close(): Promise<void> {
    this.clear();
    return Promise.resolve();
  }
}
