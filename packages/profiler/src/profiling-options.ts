/** How often a thread is looked at, and how finely times are told apart. */
export interface ProfilingOptions {
  /** Milliseconds between two samples. */
  readonly intervalMs: number;
  /** Milliseconds of a cycle. */
  readonly cycleMs: number;
}

/**
 * As in Dask.
 *
 * @source dask.distributed `worker.profile.interval`, `worker.profile.cycle`
 */
export const PROFILING_DEFAULTS: ProfilingOptions = { intervalMs: 10, cycleMs: 1000 };
