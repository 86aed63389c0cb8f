/** By this workers know it, of whichever copy of this package it is. */
const RESCHEDULE: unique symbol = Symbol.for('grid.reschedule');

/**
 * Thrown by a task that is to be run elsewhere or later: the scheduler decides anew where it runs. It is no failure, and
 * takes none of the task's `retries`.
 *
 * @example
 * ```ts
 * if (!(await hasModel())) throw new Reschedule('this worker has no model');
 * ```
 *
 * @source dask.distributed `Reschedule`.
 */
export class Reschedule extends Error {
  override readonly name = 'Reschedule';
  readonly [RESCHEDULE] = true;
}
