import { GridError } from '@grid/common';

/** What can go wrong in a simulation. */
export type SimulationErrorCode =
  /** A promise of the system under test was broken. The text says which. */
  | 'GRID_TESTING_BROKEN_PROMISE'
  /** A task of the simulated workload threw, as it was to. */
  | 'GRID_TESTING_TASK_THREW';

/** An error of `@grid/testing`. */
export class SimulationError extends GridError<SimulationErrorCode> {}

/** Says that a promise was broken; `promise` is its number in `docs/simulation.md`. */
export function broken(promise: string, text: string): SimulationError {
  return new SimulationError('GRID_TESTING_BROKEN_PROMISE', `${promise}: ${text}`, { details: { promise } });
}
