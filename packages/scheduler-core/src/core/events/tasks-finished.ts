import { recommend } from '../recommend.js';
import { hasMember } from '../relation.js';
import { runTransitions } from '../run-transitions.js';
import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';
import type { StimulusWith } from '../stimulus.js';
import { STATE } from '../task-state.js';

/**
 * Results lie on a worker. Rows are taken one by one, each until nothing follows from it, in the order in which the worker
 * finished them.
 *
 * A row may be late: about a run that was taken back, given to another worker or even to this one again, or about a task
 * that is forgotten. Then the worker has been told to free it, or is told so now; the run that counts is still to come.
 */
export function tasksFinished(
  state: SchedulerState,
  stimulus: StimulusWith<'tasks-finished'>,
  out: SchedulerOutput,
): void {
  const { worker, taskIds, runIds, sizes, typeIds, starts, durations, results } = stimulus;
  const { arrival, taskStream } = state;
  worker.lastProgressAt = state.cause.at;
  let start = 0;
  for (let row = 0; row < taskIds.length; row += 1) {
    const end = results === null ? 0 : (results.ends[row] as number);
    const taskId = taskIds[row] as number;
    const task = state.tasks.get(taskId);
    if (task === undefined || task.state !== STATE.processing || task.processingOn !== worker) {
      state.staleCount += 1;
      if (task === undefined || !hasMember(task.whoHas, worker)) out.freeKeys(worker, taskId);
    } else if (task.runId !== runIds[row]) state.staleCount += 1;
    else {
      arrival.worker = worker;
      arrival.nbytes = sizes[row] as number;
      arrival.typeId = worker.typeNumbers[typeIds[row] as number] ?? -1;
      arrival.startMs = starts[row] as number;
      arrival.durationMs = durations[row] as number;
      taskStream.record(task, worker, arrival);
      // Plain data was not run.
      const span = task.graph === null ? null : task.graph.span;
      if (span !== null) span.ran(task.group.prefix.name, arrival, task.inboundKib * 1024);
      if (results !== null && end > start) {
        arrival.inlineTask = task;
        arrival.inlineBlock = results.block;
        arrival.inlineStart = start;
        arrival.inlineEnd = end;
      }
      recommend(state, task, STATE.memory);
      runTransitions(state, out);
      arrival.inlineTask = null;
    }
    start = end;
  }
  arrival.inlineBlock = null;
  arrival.worker = null;
}
