/**
 * Why a worker's process ended.
 *
 * - `left`: in order, since the scheduler or somebody at its machine asked it to.
 * - `closed`, `restarted`: its nanny had it end.
 * - `memory`: its nanny killed it, since it took more memory than it may.
 * - `scheduler-lost`: it, or its nanny, lost the line to the scheduler.
 * - `start-failed`: it never joined the cluster.
 * - `signal`, `exit`: none of that. Something killed it, or it ended with an error.
 */
export type ExitCause =
  'left' | 'closed' | 'restarted' | 'memory' | 'scheduler-lost' | 'start-failed' | 'signal' | 'exit';

/** What the operating system says of the end of a process. Both `null`: it could not be started at all. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** How a worker's process ended. */
export interface WorkerExit extends ProcessExit {
  readonly cause: ExitCause;
  /** Resident memory in bytes when it was looked at last; 0: never. */
  readonly memory: number;
}

/** What workers and nannies exit with. Workers have further codes, for settings that are wrong. */
export const NANNY_EXITS = {
  /** In order. */
  done: 0,
  /** The worker was not to be kept alive, or could not be, and did not say why itself. */
  failed: 1,
  /** The scheduler was never found, or is lost. */
  schedulerLost: 5,
} as const;
