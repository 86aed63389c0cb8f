import type { TaskRecord } from './records.js';

/** A `Map` holds 2^24 entries at most, and growing a larger one stops the process for long. */
const MAP_SIZE_MAX = 8 * 1024 * 1024;

/** Records by key, in as many Maps as it takes: nearly always one. */
export class KeyIndex {
  readonly #maps = [new Map<string, TaskRecord>()];

  /** How many there are. */
  get size(): number {
    let size = 0;
    for (const map of this.#maps) size += map.size;
    return size;
  }

  get(key: string): TaskRecord | undefined {
    const maps = this.#maps;
    for (let index = 0; index < maps.length; index += 1) {
      const record = (maps[index] as Map<string, TaskRecord>).get(key);
      if (record !== undefined) return record;
    }
    return undefined;
  }

  /** Adds a record whose key is not here yet. */
  add(record: TaskRecord): void {
    const maps = this.#maps;
    for (let index = 0; index < maps.length; index += 1) {
      const map = maps[index] as Map<string, TaskRecord>;
      if (map.size < MAP_SIZE_MAX) {
        map.set(record.key, record);
        return;
      }
    }
    maps.push(new Map([[record.key, record]]));
  }

  delete(key: string): void {
    const maps = this.#maps;
    for (let index = 0; index < maps.length; index += 1) {
      if ((maps[index] as Map<string, TaskRecord>).delete(key)) return;
    }
  }

  *values(): Generator<TaskRecord> {
    for (const map of this.#maps) yield* map.values();
  }
}
