/** How a pool of threads behaves. */
export interface ThreadPoolOptions {
  /** Threads, each of which runs one task at a time. */
  readonly threads: number;
  /** Where packages are looked up that tasks import: a folder. */
  readonly root: string;
  /**
   * Milliseconds that a task which computes gets to end after it was told to stop. Short: code that never waits cannot
   * see its signal. @defaultValue 25
   */
  readonly busyGraceMs?: number;
  /** Milliseconds that a task which waits for a promise gets to end after its signal has fired. @defaultValue 500 */
  readonly suspendedGraceMs?: number;
  /** After this many milliseconds in a thread a task is overdue, and what waits behind it is taken back. @defaultValue 5 */
  readonly overdueMs?: number;
}

export const THREAD_POOL_DEFAULTS = { busyGraceMs: 25, suspendedGraceMs: 500, overdueMs: 5 } as const;
