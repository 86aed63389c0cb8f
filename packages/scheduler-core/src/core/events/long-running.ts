import { currentRun } from '../current-run.js';
import { leaveSlot } from '../processing.js';
import type { SchedulerState } from '../scheduler-state.js';
import type { StimulusWith } from '../stimulus.js';

/** A task left its slot and runs on; others take its place. Its run ends as any other does. */
export function longRunning(state: SchedulerState, stimulus: StimulusWith<'long-running'>): void {
  const task = currentRun(state, stimulus);
  if (task !== undefined && !task.isLongRunning) leaveSlot(state, task, stimulus.worker);
}
