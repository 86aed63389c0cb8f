import type { WorkerAbout, WorkerStatus } from '../records.js';

/** A result, as policies know it. */
export interface PlacedTask {
  /** Unique in the scheduler's life; a task that became known later has a larger one. */
  readonly id: number;
  readonly key: string;
  /** Its size in bytes. */
  readonly nbytes: number;
}

/** A worker, as policies know it. */
export interface PlacingWorker {
  readonly id: number;
  readonly about: WorkerAbout;
  readonly status: WorkerStatus;
}

/**
 * What a policy sees of the cluster in one round, and what it can do. What it does is seen by itself and by the policies
 * that run after it: a copy that is removed is no holder any more, one that is to come counts in `copyCount`.
 */
export interface MemoryRound {
  /** All workers, also those that take nothing at the moment. */
  readonly workers: readonly PlacingWorker[];
  /** Results that more than one worker holds. */
  replicatedTasks(): readonly PlacedTask[];
  /** Results that a worker holds. */
  tasksOn(worker: PlacingWorker): readonly PlacedTask[];
  /** Who holds a result. */
  holdersOf(task: PlacedTask): readonly PlacingWorker[];
  /** Whether it is an actor that lives on this worker, and so stays there. */
  isPinned(task: PlacedTask, worker: PlacingWorker): boolean;
  /** How many copies there are and are on their way. */
  copyCount(task: PlacedTask): number;
  /** How many copies somebody asked for; 1 if nobody did. */
  desiredCopies(task: PlacedTask): number;
  /** On how many workers tasks need it, each that has no worker yet counted by itself; not counted beyond `max`. */
  demandFor(task: PlacedTask, max: number): number;
  /** Bytes that a worker will use when all copies have come and gone: results in memory, and what else has long been there. */
  memoryOf(worker: PlacingWorker): number;
  /**
   * Has one more worker get a copy: of those that take data and have none, the one that will use least memory.
   *
   * @param candidates - Default: all workers.
   * @returns Who it is; `null`: nobody can.
   */
  replicate(task: PlacedTask, candidates?: Iterable<PlacingWorker>): PlacingWorker | null;
  /**
   * Has one holder drop its copy: of those on which no task needs it, one that takes no tasks, or else the one that will use
   * most memory. Never the last.
   *
   * @param candidates - Default: all holders.
   * @returns Who it is; `null`: nobody should.
   */
  drop(task: PlacedTask, candidates?: Iterable<PlacingWorker>): PlacingWorker | null;
}

/**
 * A rule for where copies of results are to be. It runs every few seconds, on the scheduler's event loop, and must be
 * quick about it. One that throws is reported, and runs again in the next round.
 *
 * @source dask.distributed `ActiveMemoryManagerPolicy`, whose `run` is a generator of suggestions that is sent the choices;
 * here suggestions are calls that return them.
 */
export interface MemoryPolicy {
  /** For logs. */
  readonly name: string;
  run(round: MemoryRound): void;
}
