import { recommend } from '../recommend.js';
import { removeReplica } from '../replicas.js';
import { runTransitions } from '../run-transitions.js';
import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';
import type { StimulusWith } from '../stimulus.js';
import { STATE } from '../task-state.js';

/** A worker gave copies up by itself. */
export function releaseWorkerData(
  state: SchedulerState,
  { worker, taskIds }: StimulusWith<'release-worker-data'>,
  out: SchedulerOutput,
): void {
  for (let row = 0; row < taskIds.length; row += 1) {
    const task = state.tasks.get(taskIds[row] as number);
    if (task === undefined || !removeReplica(task, worker)) continue;
    if (task.whoHas === null) recommend(state, task, STATE.released);
    runTransitions(state, out);
  }
}
