import type { LocalTask, Stimulus, WorkerState } from '@grid/worker-core/simulation';

/** Something that a worker's core promises, and that is seen by what happens to it. */
export interface WorkerPromise {
  /** Something is about to happen to it. */
  before?(state: WorkerState, stimulus: Stimulus): void;
  /**
   * It has happened, with all that followed from it.
   *
   * @param stepped - tasks that took a step, also such as are gone
   * @throws `GRID_TESTING_BROKEN_PROMISE`
   */
  check(state: WorkerState, stimulus: Stimulus, stepped: Iterable<LocalTask>): void;
}
