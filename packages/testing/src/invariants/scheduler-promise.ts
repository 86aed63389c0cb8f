import type { LinkOutput, SchedulerState, Stimulus, TaskRecord } from '@grid/scheduler-core/simulation';

/** Something that a scheduler's core promises, and that is seen by what happens to it and what it says. */
export interface SchedulerPromise {
  /** A scheduler has come to be: listens to what it says. */
  listen?(output: LinkOutput): void;
  /** Something is about to happen to it. */
  before?(state: SchedulerState, stimulus: Stimulus): void;
  /**
   * It has happened, with all that followed from it.
   *
   * @param touched - tasks that took a step, and those beside them
   * @throws `GRID_TESTING_BROKEN_PROMISE`
   */
  check(state: SchedulerState, stimulus: Stimulus, touched: ReadonlySet<TaskRecord>): void;
}
