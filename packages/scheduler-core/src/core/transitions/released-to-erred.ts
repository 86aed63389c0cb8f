import { invariant } from '@grid/common';

import { enterErred } from '../fail.js';
import { recommendIfUnneeded } from '../recommend.js';
import { dependenciesOf, type TaskRecord } from '../records.js';
import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';

/** Something that `task` needs has failed, or the task was given up on its way back from a worker. */
export function releasedToErred(state: SchedulerState, task: TaskRecord, out: SchedulerOutput): void {
  invariant(task.failure !== null, `${task.key} fails without a reason`);
  // On its way from a worker to waiting again it kept its hold on what it needed.
  for (const dependency of dependenciesOf(task)) recommendIfUnneeded(state, dependency);
  enterErred(state, task, out);
}
