import { recommend } from '../recommend.js';
import type { TaskRecord, WorkerRecord } from '../records.js';
import { endRequest } from '../replica-requests.js';
import { addReplica } from '../replicas.js';
import { runTransitions } from '../run-transitions.js';
import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';
import type { StimulusWith } from '../stimulus.js';
import { STATE } from '../task-state.js';

/**
 * A worker has copies that it was not told to compute: fetched as dependencies, asked for, or sent by a client. A copy of what is not
 * in memory any more, and was not announced, is of no use: the worker is told to free it.
 */
export function addKeys(
  state: SchedulerState,
  { worker, taskIds, sizes }: StimulusWith<'add-keys'>,
  out: SchedulerOutput,
): void {
  for (let row = 0; row < taskIds.length; row += 1) {
    const taskId = taskIds[row] as number;
    const task = state.tasks.get(taskId);
    if (task?.state === STATE.memory) {
      addReplica(task, worker);
      if (state.acquiring.size > 0) endRequest(state, task, worker);
    } else if (task !== undefined && state.planned.has(task))
      arrive(state, task, { worker, nbytes: sizes[row] as number }, out);
    else if (task === undefined || task.processingOn !== worker) out.freeKeys(worker, taskId);
  }
}

function arrive(
  state: SchedulerState,
  task: TaskRecord,
  { worker, nbytes }: { readonly worker: WorkerRecord; readonly nbytes: number },
  out: SchedulerOutput,
): void {
  state.planned.delete(task);
  state.arrival.worker = worker;
  state.arrival.nbytes = nbytes;
  state.arrival.typeId = -1;
  recommend(state, task, STATE.memory);
  runTransitions(state, out);
  state.arrival.worker = null;
}
