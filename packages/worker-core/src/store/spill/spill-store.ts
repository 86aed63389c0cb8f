import { messageOf, type Bytes } from '@grid/common';
import { payloadBytes, type Payload } from '@grid/protocol';

import type { DataStore, DataStoreEvents, DiskState, StoredValue } from '../data-store.js';
import { PackedPayload } from '../packed-payload.js';
import { toSharedPayload } from '../shared-bytes.js';
import { SpillFiles, type SavedValue, type ValueToSave } from './spill-files.js';

/** How a store spills. */
export interface SpillOptions {
  /** Beyond so many bytes in memory values go to disk by themselves; `null`: only when they are told to. */
  readonly targetBytes: Bytes | null;
  /** Bytes of values on disk; `null`: no limit. */
  readonly maxSpill: Bytes | null;
  /** Makes the folder that values are written to; called when the first one is. */
  readonly createFolder: () => Promise<string>;
}

/** What is known of a smaller value takes as much memory as the value does. */
const SPILLED_BYTES_MIN = 512;

/** Small values are written so many bytes at a time. */
const BATCH_BYTES = 4 * 2 ** 20;

/** A disk that was full is tried again after so many milliseconds. */
const DISK_RETRY_MS = 1000;

class Entry {
  readonly key: string;
  readonly nbytes: number;
  value: StoredValue | null;
  /** Its copy on disk, which stays when the value comes back: values do not change. */
  saved: SavedValue | null = null;
  /** While it is on its way back. */
  reading: Promise<StoredValue | null> | null = null;

  constructor(value: StoredValue) {
    this.key = value.key;
    this.nbytes = value.nbytes;
    this.value = value;
  }
}

/**
 * Keeps values in memory, and those that were not used for the longest on disk once there is too much of them.
 *
 * A value that could not be written stays in memory; one that cannot be read back as it was written is lost, and the
 * worker is told. It is never a wrong one.
 */
export class SpillStore implements DataStore {
  readonly #options: SpillOptions;
  readonly #files: SpillFiles;
  readonly #entries = new Map<number, Entry>();
  // A Map keeps the order of insertion: what was used last is put in anew, so the first is the one to go.
  readonly #evictable = new Map<number, Entry>();
  #events: DataStoreEvents | undefined;
  #nbytes = 0;
  #spilledBytes = 0;
  #spilledCount = 0;
  #diskState: DiskState = 'ok';
  #retryAt = 0;
  #evicting: Promise<number> | null = null;
  #reads: Promise<StoredValue | null> = Promise.resolve(null);
  #isClosed = false;

  constructor(options: SpillOptions) {
    this.#options = options;
    this.#files = new SpillFiles(options.createFolder);
  }

  get count(): number {
    return this.#entries.size;
  }

  get nbytes(): number {
    return this.#nbytes;
  }

  get spilledCount(): number {
    return this.#spilledCount;
  }

  get spilledBytes(): number {
    return this.#spilledBytes;
  }

  get isEvicting(): boolean {
    return this.#evicting !== null;
  }

  get diskState(): DiskState {
    return this.#diskState;
  }

  listen(events: DataStoreEvents): void {
    this.#events = events;
  }

  put(taskId: number, key: string, payload: Payload): number {
    this.delete(taskId);
    const isPacked = payload instanceof PackedPayload;
    const nbytes = isPacked ? payload.nbytes : payloadBytes(payload);
    const entry = new Entry({ key, payload: isPacked ? payload : toSharedPayload(payload), nbytes });
    this.#entries.set(taskId, entry);
    this.#nbytes += nbytes;
    if (nbytes >= SPILLED_BYTES_MIN) {
      this.#evictable.set(taskId, entry);
      this.#evictSoon();
    }
    return nbytes;
  }

  get(taskId: number): StoredValue | undefined {
    const entry = this.#entries.get(taskId);
    if (entry === undefined || entry.value === null) return undefined;
    if (entry.nbytes >= SPILLED_BYTES_MIN) this.#touch(taskId, entry);
    return entry.value;
  }

  async load(taskIds: Iterable<number>): Promise<ReadonlyMap<number, StoredValue>> {
    const values = new Map<number, StoredValue>();
    await Promise.all(
      Array.from(new Set(taskIds), async (taskId) => {
        const value = await this.#find(taskId);
        if (value !== null) values.set(taskId, value);
      }),
    );
    return values;
  }

  /** In memory or on disk, also if it is put in anew while it is on its way back. */
  async #find(taskId: number): Promise<StoredValue | null> {
    for (;;) {
      const entry = this.#entries.get(taskId);
      const value = this.get(taskId) ?? (await this.#bringBack(taskId));
      const now = this.#entries.get(taskId);
      if (value !== null || now === undefined || now === entry) return value;
    }
  }

  async evict(nbytes: number): Promise<number> {
    // What is under way was asked for by somebody else, and may be too little.
    while (this.#evicting !== null) await this.#evicting;
    return this.#evict(nbytes);
  }

  delete(taskId: number): boolean {
    const entry = this.#entries.get(taskId);
    if (entry === undefined) return false;
    this.#entries.delete(taskId);
    this.#evictable.delete(taskId);
    this.#nbytes -= entry.nbytes;
    if (entry.value === null) {
      this.#spilledBytes -= entry.nbytes;
      this.#spilledCount -= 1;
    }
    // Its place must not be given to another while it is being read; the reader frees it.
    if (entry.saved !== null && entry.reading === null) this.#files.free(entry.saved);
    return true;
  }

  clear(): void {
    for (const taskId of [...this.#entries.keys()]) this.delete(taskId);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.clear();
    await this.#evicting;
    await this.#reads;
    await this.#files.close();
  }

  #touch(taskId: number, entry: Entry): void {
    this.#evictable.delete(taskId);
    this.#evictable.set(taskId, entry);
  }

  get #excess(): number {
    const { targetBytes } = this.#options;
    return targetBytes === null ? 0 : this.#nbytes - this.#spilledBytes - targetBytes;
  }

  #evictSoon(): void {
    if (this.#evicting !== null || this.#excess <= 0) return;
    if (this.#diskState !== 'ok' && performance.now() < this.#retryAt) return;
    void this.#evict(this.#excess);
  }

  /** One at a time. Goes on as long as there is too much, whatever was asked for. */
  #evict(nbytes: number): Promise<number> {
    this.#evicting ??= this.#evictAll(nbytes).finally(() => {
      this.#evicting = null;
      this.#events?.onEvictionEnd();
    });
    return this.#evicting;
  }

  async #evictAll(nbytes: number): Promise<number> {
    let evicted = 0;
    // Whoever put a value is in the middle of something.
    await new Promise((resolve) => setImmediate(resolve));
    while (!this.#isClosed && Math.max(nbytes - evicted, this.#excess) > 0) {
      const batch = this.#takeBatch(Math.min(BATCH_BYTES, Math.max(nbytes - evicted, this.#excess)));
      if (batch.length === 0 || !(await this.#save(batch))) break;
      for (const [taskId, entry] of batch) evicted += this.#drop(taskId, entry);
    }
    return evicted;
  }

  /** Those that were used least recently; at least one if there is any. */
  #takeBatch(nbytes: number): (readonly [number, Entry])[] {
    const batch: (readonly [number, Entry])[] = [];
    let bytes = 0;
    for (const item of this.#evictable) {
      if (batch.length > 0 && bytes + item[1].nbytes > nbytes) break;
      batch.push(item);
      bytes += item[1].nbytes;
    }
    return batch;
  }

  /** Sees that all of them are on disk. `false`: the disk takes no more. */
  async #save(batch: readonly (readonly [number, Entry])[]): Promise<boolean> {
    const unsaved = batch.filter(([, { saved }]) => saved === null);
    if (unsaved.length === 0) return true;
    const bytes = unsaved.reduce((sum, [, { nbytes }]) => sum + nbytes, 0);
    if (!this.#makeRoom(bytes, new Set(batch.map(([taskId]) => taskId)))) {
      this.#setDiskState(
        'limit-reached',
        `values on disk have reached the limit of ${String(this.#options.maxSpill)} bytes`,
      );
      return false;
    }
    let saved: SavedValue[];
    const startedAt = performance.now();
    try {
      saved = await this.#files.write(
        unsaved.map(([taskId, { value }]): ValueToSave => ({ taskId, payload: (value as StoredValue).payload })),
      );
    } catch (error) {
      this.#setDiskState('failing', messageOf(error));
      return false;
    }
    this.#events?.onDiskUse('disk-write', performance.now() - startedAt, bytes);
    unsaved.forEach(([taskId, entry], index) => {
      const place = saved[index] as SavedValue;
      // It was dropped meanwhile, or another is there in its place.
      if (this.#entries.get(taskId) === entry) entry.saved = place;
      else this.#files.free(place);
    });
    this.#setDiskState('ok', '');
    return true;
  }

  /** Whether so many bytes more may be on disk; copies of what is in memory as well give way. */
  #makeRoom(nbytes: number, except: ReadonlySet<number>): boolean {
    const { maxSpill } = this.#options;
    if (maxSpill === null) return true;
    const fits = (): boolean => this.#files.usedBytes + nbytes <= maxSpill;
    for (const [taskId, entry] of this.#evictable) {
      if (fits()) return true;
      if (entry.saved === null || except.has(taskId)) continue;
      this.#files.free(entry.saved);
      entry.saved = null;
    }
    return fits();
  }

  /** Takes a value that is on disk out of memory. Returns its size, or 0 if it is not there any more. */
  #drop(taskId: number, entry: Entry): number {
    const { value } = entry;
    if (value === null || entry.saved === null || this.#entries.get(taskId) !== entry) return 0;
    entry.value = null;
    this.#evictable.delete(taskId);
    this.#spilledBytes += entry.nbytes;
    this.#spilledCount += 1;
    this.#events?.onEvicted(taskId, value.payload);
    return entry.nbytes;
  }

  async #bringBack(taskId: number): Promise<StoredValue | null> {
    const entry = this.#entries.get(taskId);
    if (entry === undefined || entry.saved === null) return null;
    // One after another: a disk does not get faster by being asked for many things at once, and memory fills up slower.
    if (entry.reading === null) {
      const { saved } = entry;
      entry.reading = this.#reads.then(() => this.#read(taskId, entry, saved));
      this.#reads = entry.reading;
    }
    return entry.reading;
  }

  async #read(taskId: number, entry: Entry, saved: SavedValue): Promise<StoredValue | null> {
    let payload: Payload | null = null;
    let problem = '';
    const startedAt = performance.now();
    try {
      if (this.#entries.get(taskId) === entry) payload = await this.#files.read(taskId, saved);
      if (payload !== null) this.#events?.onDiskUse('disk-read', performance.now() - startedAt, entry.nbytes);
    } catch (error) {
      problem = messageOf(error);
    }
    entry.reading = null;
    if (this.#entries.get(taskId) !== entry) {
      this.#files.free(saved);
      return payload === null ? null : { key: entry.key, payload, nbytes: entry.nbytes };
    }
    if (payload === null) {
      this.delete(taskId);
      this.#events?.onLost(taskId, problem);
      return null;
    }
    entry.value = { key: entry.key, payload, nbytes: entry.nbytes };
    this.#spilledBytes -= entry.nbytes;
    this.#spilledCount -= 1;
    this.#touch(taskId, entry);
    this.#evictSoon();
    return entry.value;
  }

  #setDiskState(state: DiskState, problem: string): void {
    if (state !== 'ok') this.#retryAt = performance.now() + DISK_RETRY_MS;
    if (this.#diskState === state) return;
    this.#diskState = state;
    this.#events?.onDiskChange(state, problem);
  }
}
