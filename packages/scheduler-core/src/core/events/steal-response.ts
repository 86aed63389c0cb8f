import { currentRun } from '../current-run.js';
import { holdsInputs } from '../placement/input-memory.js';
import { allowedWorkers } from '../placement/restrictions.js';
import { startProcessing, stopProcessing } from '../processing.js';
import { recommend } from '../recommend.js';
import { runTransitions } from '../run-transitions.js';
import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';
import type { StimulusWith } from '../stimulus.js';
import { STATE } from '../task-state.js';

/**
 * A worker answers whether it gives a task up. If the one that was to have it is gone or may not run it any more, it is
 * decided anew who does. An answer about an earlier run says nothing about this one.
 */
export function stealResponse(
  state: SchedulerState,
  stimulus: StimulusWith<'steal-response'>,
  out: SchedulerOutput,
): void {
  const task = currentRun(state, stimulus);
  if (task === undefined) return;
  const steal = state.steals.get(task);
  if (stimulus.outcome === 'kept') {
    if (steal !== undefined) steal.thief = null;
    return;
  }
  const thief = steal?.thief ?? null;
  const isAllowed =
    thief?.status === 'running' && holdsInputs(thief, task) && allowedWorkers(state, task)?.includes(thief) !== false;
  if (stimulus.outcome === 'given-up' && thief !== null && isAllowed) {
    stopProcessing(state, task);
    startProcessing(state, task, thief, out);
  } else recommend(state, task, STATE.waiting);
  runTransitions(state, out);
}
