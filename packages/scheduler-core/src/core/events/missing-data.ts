import { noteHandleLoss } from '../actors.js';
import { recommend } from '../recommend.js';
import { removeReplica } from '../replicas.js';
import { runTransitions } from '../run-transitions.js';
import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';
import type { StimulusWith } from '../stimulus.js';
import { STATE } from '../task-state.js';

/**
 * A worker was sent to a holder that has no copy. The holder may be gone, or the copy known to be gone, by now; or it has one
 * again, of which nobody would know.
 */
export function missingData(
  state: SchedulerState,
  { worker, taskId, holderId }: StimulusWith<'missing-data'>,
  out: SchedulerOutput,
): void {
  const task = state.tasks.get(taskId);
  const holder = state.workersById.get(holderId);
  if (task === undefined || holder === undefined || !removeReplica(task, holder)) return;
  if (holder !== worker && holder.about.takesReplicas) out.removeReplica(holder, taskId);
  if (noteHandleLoss(task, holder) || task.whoHas === null) recommend(state, task, STATE.released);
  runTransitions(state, out);
}
