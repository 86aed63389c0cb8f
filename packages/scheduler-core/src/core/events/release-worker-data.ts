import { noteHandleLoss } from '../actors.js';
import { recommend } from '../recommend.js';
import { endRequest } from '../replica-requests.js';
import { removeReplica } from '../replicas.js';
import { runTransitions } from '../run-transitions.js';
import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';
import type { StimulusWith } from '../stimulus.js';
import { STATE } from '../task-state.js';

/** A worker gave copies up by itself, or those that it was to get, or says that it dropped what it was to drop. */
export function releaseWorkerData(
  state: SchedulerState,
  { worker, taskIds }: StimulusWith<'release-worker-data'>,
  out: SchedulerOutput,
): void {
  for (let row = 0; row < taskIds.length; row += 1) {
    const task = state.tasks.get(taskIds[row] as number);
    if (task === undefined) continue;
    if (state.acquiring.size > 0) endRequest(state, task, worker);
    if (!removeReplica(task, worker)) continue;
    if (noteHandleLoss(task, worker) || task.whoHas === null) recommend(state, task, STATE.released);
    runTransitions(state, out);
  }
}
