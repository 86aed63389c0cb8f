import { currentRun } from '../current-run.js';
import { recommend } from '../recommend.js';
import { runTransitions } from '../run-transitions.js';
import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';
import type { StimulusWith } from '../stimulus.js';
import { STATE } from '../task-state.js';

/** A task asks to be run elsewhere or later. */
export function rescheduleTask(
  state: SchedulerState,
  stimulus: StimulusWith<'reschedule-task'>,
  out: SchedulerOutput,
): void {
  const task = currentRun(state, stimulus);
  if (task !== undefined) recommend(state, task, STATE.waiting);
  runTransitions(state, out);
}
