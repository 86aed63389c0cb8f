import type { SchedulerState } from '../scheduler-state.js';
import type { StimulusWith } from '../stimulus.js';

/** Somebody wants so many copies of results: no policy is to take them away. Remembered until the task is forgotten. */
export function desireCopies(state: SchedulerState, { tasks, copies }: StimulusWith<'desire-copies'>): void {
  for (const task of tasks) {
    if (state.tasks.get(task.id) !== task) continue;
    if (copies > 1) state.desiredCopies.set(task, copies);
    else state.desiredCopies.delete(task);
  }
}
