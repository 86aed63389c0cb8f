import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';
import type { StimulusWith } from '../stimulus.js';

/** A worker knows no holder that answers. It hears who holds these now, or that it needs them no more. */
export function requestRefreshWhoHas(
  state: SchedulerState,
  { worker, taskIds }: StimulusWith<'request-refresh-who-has'>,
  out: SchedulerOutput,
): void {
  for (let row = 0; row < taskIds.length; row += 1) {
    const taskId = taskIds[row] as number;
    const task = state.tasks.get(taskId);
    if (task === undefined) out.freeKeys(worker, taskId);
    else out.refreshWhoHas(worker, task);
  }
}
