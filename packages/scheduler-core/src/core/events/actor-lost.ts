import { noteActorLoss } from '../actors.js';
import { recommend } from '../recommend.js';
import { removeReplica } from '../replicas.js';
import { runTransitions } from '../run-transitions.js';
import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';
import type { StimulusWith } from '../stimulus.js';
import { STATE } from '../task-state.js';

/** The thread of an actor is gone. The worker has dropped its handle; news of an earlier run of the task is late. */
export function actorLost(
  state: SchedulerState,
  { worker, taskId, runId, failure }: StimulusWith<'actor-lost'>,
  out: SchedulerOutput,
): void {
  const task = state.tasks.get(taskId);
  if (task?.runId !== runId || !noteActorLoss(task, worker, failure)) {
    state.staleCount += 1;
    return;
  }
  removeReplica(task, worker);
  out.freeKeys(worker, taskId);
  recommend(state, task, STATE.released);
  runTransitions(state, out);
}
