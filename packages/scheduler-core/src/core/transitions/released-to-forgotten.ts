import { forgetTask, mayForget } from '../forget.js';
import type { TaskRecord } from '../records.js';
import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';

/** Nobody can ask for `task` any more, or nobody can compute it again. */
export function releasedToForgotten(state: SchedulerState, task: TaskRecord, out: SchedulerOutput): void {
  // It may have found a new use since this was proposed.
  if (mayForget(task)) forgetTask(state, task, out);
}
