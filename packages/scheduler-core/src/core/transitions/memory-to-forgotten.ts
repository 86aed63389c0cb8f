import { forgetTask, mayForget } from '../forget.js';
import { leaveMemory } from '../leave-memory.js';
import { isNeeded, type TaskRecord } from '../records.js';
import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';

/** Nobody can ask for `task` any more. */
export function memoryToForgotten(state: SchedulerState, task: TaskRecord, out: SchedulerOutput): void {
  // While a copy is left, what cannot be computed again is of use to those who need it.
  if (!mayForget(task) || isNeeded(task)) return;
  leaveMemory(state, task, out);
  forgetTask(state, task, out);
}
