import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';
import type { StimulusWith } from '../stimulus.js';
import { auditRuns } from '../stuck/audit-runs.js';
import { watchTasks } from '../stuck/watch-tasks.js';

/** With each heartbeat of a worker: whether it computes what it was given to, and whether some tasks wait for nothing. */
export function lookAround(
  state: SchedulerState,
  { worker, hasRuns }: StimulusWith<'look-around'>,
  out: SchedulerOutput,
): void {
  auditRuns(state, worker, hasRuns, out);
  watchTasks(state, out);
}
