import type { Random } from './random.js';
import type { SimLoop } from './sim-loop.js';
import type { SimProcess } from './sim-process.js';

/** Folders below this one are simulated. */
export const DISK_ROOT = '/simulated-disk';
/** What it takes to be told that a disk is full, as Node says it. */
const NO_SPACE = 'ENOSPC: no space left on device, write';

interface SimFile {
  bytes: Uint8Array;
  /** How many of them were written. */
  length: number;
}

/** In so many places a file is damaged at a time. */
const DAMAGES = 12;

/** The part of Node's `FileHandle` that is used. */
export interface SimHandle {
  read(into: Uint8Array, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }>;
  write(from: Uint8Array, offset: number, length: number, position: number): Promise<{ readonly bytesWritten: number }>;
  close(): Promise<void>;
}

/** The disk of one process: slow at times, full at times, and not to be trusted. */
export class SimDisk {
  readonly folder: string;
  /** Until this moment nothing more can be written, in milliseconds of the world. */
  fullUntil = 0;
  /** Until this moment everything takes a hundred times as long. */
  slowUntil = 0;
  readonly #files = new Map<string, SimFile>();
  readonly #loop: SimLoop;
  readonly #process: SimProcess;
  readonly #random: Random;

  constructor(folder: string, parts: { readonly loop: SimLoop; readonly process: SimProcess }) {
    this.folder = folder;
    this.#loop = parts.loop;
    this.#process = parts.process;
    this.#random = parts.process.random.fork('disk');
  }

  /** How many files there are. */
  get fileCount(): number {
    return this.#files.size;
  }

  open(path: string): Promise<SimHandle> {
    return this.#later(() => {
      if (this.#isFull) throw new Error(NO_SPACE.replace('write', 'open'));
      const file: SimFile = { bytes: new Uint8Array(0), length: 0 };
      this.#files.set(path, file);
      return this.#handleOf(file);
    });
  }

  /** Removes a file, or all of a folder. */
  remove(path: string): Promise<void> {
    return this.#later(() => {
      for (const name of [...this.#files.keys()])
        if (name === path || name.startsWith(`${path}/`)) this.#files.delete(name);
    });
  }

  /** Changes some bits of what was written, in each file: what comes back is not what was written. */
  damage(): void {
    for (const { bytes, length } of this.#files.values()) {
      for (let left = length === 0 ? 0 : DAMAGES; left > 0; left -= 1)
        this.#flip(bytes, this.#random.int(0, length - 1));
    }
  }

  #flip(bytes: Uint8Array, index: number): void {
    bytes[index] = (bytes[index] ?? 0) ^ 1;
  }

  get #isFull(): boolean {
    return this.fullUntil > this.#loop.now;
  }

  #handleOf(file: SimFile): SimHandle {
    return {
      read: (into, offset, length, position) =>
        this.#later(() => {
          const part = file.bytes.subarray(position, Math.min(file.length, position + length));
          into.set(part, offset);
          return { bytesRead: part.length };
        }),
      write: (from, offset, length, position) =>
        this.#later(() => {
          if (this.#isFull) throw new Error(NO_SPACE);
          // A disk may take a part only, and say so.
          const taken = length > 1 && this.#random.chance(0.1) ? this.#random.int(1, length - 1) : length;
          if (file.bytes.length < position + taken) file.bytes = grown(file.bytes, position + taken);
          file.length = Math.max(file.length, position + taken);
          file.bytes.set(from.subarray(offset, offset + taken), position);
          return { bytesWritten: taken };
        }),
      close: () => this.#later(() => undefined),
    };
  }

  #later<Value>(run: () => Value): Promise<Value> {
    const ms = this.#random.spread(0.02, 2) * (this.slowUntil > this.#loop.now ? 100 : 1);
    return new Promise((resolve, reject) => {
      this.#loop.after(this.#process, ms, 'disk', () => {
        try {
          resolve(run());
        } catch (error) {
          reject(error);
        }
      });
    });
  }
}

function grown(bytes: Uint8Array, length: number): Uint8Array {
  const larger = new Uint8Array(Math.max(length, 2 * bytes.length));
  larger.set(bytes);
  return larger;
}

let disks = new Map<string, SimDisk>();

/** Names the disks of a world, by their folders. */
export function useDisks(of: Map<string, SimDisk>): void {
  disks = of;
}

/** The disk that a path is on; `undefined`: on a real one. */
export function diskOf(path: string): SimDisk | undefined {
  if (!path.startsWith(DISK_ROOT)) return undefined;
  for (const disk of disks.values()) if (path === disk.folder || path.startsWith(`${disk.folder}/`)) return disk;
  throw new TypeError(`there is no simulated disk with ${path}`);
}
