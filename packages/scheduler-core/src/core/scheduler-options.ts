/** The numbers behind the decisions, complete. */
export interface SchedulerPolicy {
  /** After more than this many deaths of workers that executed it, a task is given up. */
  readonly allowedFailures: number;
  /** Tasks of unknown or long duration that a worker is given for each thread. */
  readonly workerSaturation: number;
  /** Milliseconds of work that a thread has in flight: enough to cover a round trip. */
  readonly inflightMs: number;
  /** Tasks that a worker has in flight at most, however short. */
  readonly inflightMax: number;
  /** Tasks for each thread of which the duration is not known yet. */
  readonly firstWave: number;
  /** The part of a worker's memory that results of the tasks in flight may take. */
  readonly inflightMemory: number;
  /** Milliseconds that a task of unknown duration is taken to run. */
  readonly unknownTaskDurationMs: number;
  /** Bytes a second between workers, before any was measured. */
  readonly bandwidth: number;
  /** So many heartbeats in a row something has to wait for nothing before it is put right. */
  readonly stuckHeartbeats: number;
  /** Transitions that the story remembers. */
  readonly storyLength: number;
  /** Runs of tasks that the task stream remembers. */
  readonly taskStreamLength: number;
}

/** The numbers that suit most clusters. */
export const DEFAULT_POLICY: SchedulerPolicy = {
  allowedFailures: 3,
  workerSaturation: 1.1,
  inflightMs: 8,
  inflightMax: 4000,
  firstWave: 4,
  inflightMemory: 0.01,
  unknownTaskDurationMs: 500,
  bandwidth: 100_000_000,
  stuckHeartbeats: 4,
  storyLength: 100_000,
  taskStreamLength: 100_000,
};
