import { open, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

import type { Payload } from '@grid/protocol';

import { WorkerError } from '../../errors.js';
import { allocateShared, SHARED_BYTES_MIN } from '../shared-bytes.js';
import { ExtentAllocator, type Extent } from './extent-allocator.js';

/** What is to be known of a value that is on disk to get it back. */
export interface SavedValue {
  readonly extent: Extent;
  /** Bytes of its body and of each of its buffers, which follow one another. */
  readonly lengths: readonly number[];
  /** CRC-32 of all of them, begun with the task's number: one value is never taken for another. */
  readonly checksum: number;
}

/** A value to be written. */
export interface ValueToSave {
  readonly taskId: number;
  readonly payload: Payload;
}

/** Small values share a file of this size; a larger one has a file of its own. */
const SEGMENT_BYTES = 64 * 2 ** 20;

/** Empty files up to this size together are kept, to be written over. */
const SPARE_BYTES_MAX = 4 * SEGMENT_BYTES;

/** Read, written and summed up in one go; between two of them the event loop does other things. */
const CHUNK_BYTES = 4 * 2 ** 20;

/**
 * Values in files of a folder that only this user may read. A file holds many values, or one that is large; which is
 * where is known only here, so what a dead process left behind is of no use to anybody.
 *
 * Reads and writes go through the operating system's pool, in chunks.
 */
export class SpillFiles {
  readonly #createFolder: () => Promise<string>;
  readonly #allocator: ExtentAllocator;
  readonly #files = new Map<number, Promise<FileHandle>>();
  readonly #removals = new Set<Promise<void>>();
  #folder: Promise<string> | undefined;

  /** @param createFolder - Called when the first value is written. */
  constructor(createFolder: () => Promise<string>) {
    this.#createFolder = createFolder;
    this.#allocator = new ExtentAllocator(
      { segmentBytes: SEGMENT_BYTES, spareBytesMax: SPARE_BYTES_MAX },
      { onUnused: (segment) => this.#remove(segment) },
    );
  }

  /** Bytes of values on disk. */
  get usedBytes(): number {
    return this.#allocator.usedBytes;
  }

  /**
   * Writes values. Nothing refers to them on disk before all of them are there.
   *
   * @throws what the file system says, such as `ENOSPC`; nothing is kept then.
   */
  async write(values: readonly ValueToSave[]): Promise<SavedValue[]> {
    const saved: SavedValue[] = [];
    try {
      for (const { taskId, payload } of values) {
        const parts = [payload.body, ...payload.buffers];
        const lengths = parts.map(({ byteLength }) => byteLength);
        const extent = this.#allocator.allocate(sum(lengths));
        saved.push({ extent, lengths, checksum: 0 });
        const checksum = await this.#writeParts(extent, parts, seedOf(taskId));
        saved[saved.length - 1] = { extent, lengths, checksum };
      }
      return saved;
    } catch (error) {
      for (const value of saved) this.free(value);
      throw error;
    }
  }

  /**
   * Reads a value back.
   *
   * @throws `GRID_WORKER_NO_DATA` if it is not what was written; what the file system says.
   */
  async read(taskId: number, { extent, lengths, checksum }: SavedValue): Promise<Payload> {
    const file = await this.#file(extent.segment);
    let position = extent.offset;
    let found = seedOf(taskId);
    const parts: Uint8Array[] = [];
    for (const [index, length] of lengths.entries()) {
      const part = index > 0 || length >= SHARED_BYTES_MIN ? allocateShared(length) : new Uint8Array(length);
      for (let start = 0; start < length;) {
        const chunk = part.subarray(start, Math.min(length, start + CHUNK_BYTES));
        const { bytesRead } = await file.read(chunk, 0, chunk.length, position);
        if (bytesRead === 0) throw damaged(taskId, 'its file is cut off');
        found = crc32(chunk.subarray(0, bytesRead), found);
        start += bytesRead;
        position += bytesRead;
      }
      parts.push(part);
    }
    if (found !== checksum) throw damaged(taskId, 'its checksum is wrong');
    const [body, ...buffers] = parts as [Uint8Array, ...Uint8Array[]];
    return { body, buffers };
  }

  free({ extent }: SavedValue): void {
    this.#allocator.free(extent);
  }

  /** Closes all files and removes the folder. Never rejects. */
  async close(): Promise<void> {
    await Promise.all(this.#removals);
    const files = await Promise.allSettled(this.#files.values());
    this.#files.clear();
    await Promise.allSettled(
      files.map(async (file) => {
        if (file.status === 'fulfilled') await file.value.close();
      }),
    );
    const folder = await this.#folder?.catch(() => undefined);
    if (folder !== undefined) await rm(folder, { recursive: true, force: true }).catch(() => {});
  }

  async #writeParts({ segment, offset }: Extent, parts: readonly Uint8Array[], seed: number): Promise<number> {
    const file = await this.#file(segment);
    let position = offset;
    let checksum = seed;
    for (const part of parts) {
      for (let start = 0; start < part.length;) {
        const chunk = part.subarray(start, Math.min(part.length, start + CHUNK_BYTES));
        const { bytesWritten } = await file.write(chunk, 0, chunk.length, position);
        checksum = crc32(chunk.subarray(0, bytesWritten), checksum);
        start += bytesWritten;
        position += bytesWritten;
      }
    }
    return checksum;
  }

  async #file(segment: number): Promise<FileHandle> {
    let file = this.#files.get(segment);
    if (file === undefined) {
      file = this.#create(segment);
      this.#files.set(segment, file);
      // A file that could not be made is tried again by the next that needs it.
      file.catch(() => this.#files.delete(segment));
    }
    return file;
  }

  async #create(segment: number): Promise<FileHandle> {
    this.#folder ??= this.#createFolder();
    try {
      return await open(join(await this.#folder, `segment-${String(segment)}`), 'wx+', 0o600);
    } catch (error) {
      this.#folder = undefined;
      throw error;
    }
  }

  #remove(segment: number): void {
    const file = this.#files.get(segment);
    if (file === undefined) return;
    this.#files.delete(segment);
    const removal = this.#removeFile(segment, file)
      .catch(() => {})
      .finally(() => this.#removals.delete(removal));
    this.#removals.add(removal);
  }

  async #removeFile(segment: number, file: Promise<FileHandle>): Promise<void> {
    await (await file).close();
    if (this.#folder !== undefined) await rm(join(await this.#folder, `segment-${String(segment)}`), { force: true });
  }
}

function sum(lengths: readonly number[]): number {
  return lengths.reduce((total, length) => total + length, 0);
}

function seedOf(taskId: number): number {
  return taskId >>> 0;
}

function damaged(taskId: number, problem: string): WorkerError {
  return new WorkerError('GRID_WORKER_NO_DATA', `the value of #${String(taskId)} cannot be read back: ${problem}`);
}
