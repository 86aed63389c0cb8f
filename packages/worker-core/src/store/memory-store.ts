import { payloadBytes, type Payload } from '@grid/protocol';

import type { DataStore, StoredValue } from './data-store.js';
import { PackedPayload } from './packed-payload.js';
import { toSharedPayload } from './shared-bytes.js';

/** Keeps all values in memory. */
export class MemoryStore implements DataStore {
  readonly #values = new Map<number, StoredValue>();
  #nbytes = 0;

  get count(): number {
    return this.#values.size;
  }

  get nbytes(): number {
    return this.#nbytes;
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
}
