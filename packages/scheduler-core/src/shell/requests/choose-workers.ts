import { isNamed } from '../../core/placement/restrictions.js';
import type { WorkerRecord } from '../../core/records.js';
import type { SchedulerState } from '../../core/scheduler-state.js';
import { SchedulerError } from '../../errors.js';

/**
 * The workers that a client means by these addresses, names or hosts.
 *
 * @throws {@link SchedulerError} `GRID_SCHEDULER_UNKNOWN_WORKER` for one that nobody has.
 */
export function chooseWorkers({ workers }: SchedulerState, names: readonly string[]): WorkerRecord[] {
  for (const name of names) {
    if (workers.some((worker) => isNamed(worker, [name]))) continue;
    throw new SchedulerError('GRID_SCHEDULER_UNKNOWN_WORKER', `there is no worker named or at ${name}`, {
      details: { worker: name },
    });
  }
  return workers.filter((worker) => isNamed(worker, names));
}
