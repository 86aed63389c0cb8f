import type { DataStore } from '../store/data-store.js';

/** Where the memory of a worker's process is, in bytes. */
export interface MemoryBreakdown {
  /** Resident memory of the process. */
  readonly process: number;
  /** Results in memory. */
  readonly managed: number;
  /** Results on disk alone. */
  readonly spilled: number;
  /** In use on the heaps of JavaScript, of all threads. */
  readonly heap: number;
  /** Outside of the heaps, as far as the collectors know of it. */
  readonly external: number;
  /** What is no result. */
  readonly unmanaged: number;
  /** The part of it that has been there for half a minute: code, caches, leaks. */
  readonly unmanagedOld: number;
  /** The rest of it: mostly what tasks use while they run. */
  readonly unmanagedRecent: number;
  /** What is there when the tasks that run are over: `managed` and `unmanagedOld`. */
  readonly optimistic: number;
}

/** What the operating system and V8 say. */
export interface ProcessMemory {
  readonly rss: number;
  readonly heap: number;
  readonly external: number;
}

/** @param oldBytes - what of the unmanaged memory is old, as far as is known */
export function memoryBreakdown(
  { rss, heap, external }: ProcessMemory,
  store: DataStore,
  oldBytes: number,
): MemoryBreakdown {
  const managed = store.nbytes - store.spilledBytes;
  // Results in shared memory that nobody has touched yet are not resident.
  const unmanaged = Math.max(0, rss - managed);
  const unmanagedOld = Math.min(unmanaged, oldBytes);
  return {
    process: rss,
    managed,
    spilled: store.spilledBytes,
    heap,
    external,
    unmanaged,
    unmanagedOld,
    unmanagedRecent: unmanaged - unmanagedOld,
    optimistic: managed + unmanagedOld,
  };
}
