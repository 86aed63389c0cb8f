/** How a pool of threads behaves. */
export interface ThreadPoolOptions {
  /** Threads, each of which runs one task at a time. */
  readonly threads: number;
  /** Further threads by the name of their executor, for tasks that name it. @defaultValue none */
  readonly executors?: Readonly<Record<string, number>>;
  /** Where packages are looked up that tasks import: a folder. */
  readonly root: string;
  /**
   * Milliseconds that a task which computes gets to end after it was told to stop. Short: code that never waits cannot
   * see its signal. @defaultValue 25
   */
  readonly busyGraceMs?: number;
  /** Milliseconds that a task which waits for a promise, and has not asked for its signal, gets. @defaultValue 25 */
  readonly suspendedGraceMs?: number;
  /** Milliseconds that a task gets which has asked for its signal and waits for a promise. @defaultValue 5 000 */
  readonly listeningGraceMs?: number;
  /** Milliseconds after which a thread that no task is seen to keep should have answered. @defaultValue 60 */
  readonly answerMs?: number;
  /** After this many milliseconds in a thread a task is overdue, and what waits behind it is taken back. @defaultValue 5 */
  readonly overdueMs?: number;
  /**
   * After this many milliseconds in a thread a task that has left its slot takes the thread along, and another one is
   * started. Starting one costs as much as a task that soon waits. @defaultValue 200
   */
  readonly secededMs?: number;
  /** Threads for actors, which share them where there are more; never fewer than `threads`. @defaultValue 4 */
  readonly actorThreads?: number;
}

export const THREAD_POOL_DEFAULTS = {
  busyGraceMs: 25,
  suspendedGraceMs: 25,
  listeningGraceMs: 5000,
  answerMs: 60,
  overdueMs: 5,
  secededMs: 200,
  actorThreads: 4,
  executors: {},
} as const;
