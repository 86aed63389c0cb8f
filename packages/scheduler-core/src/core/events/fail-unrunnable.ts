import { explainNoWorker } from '../explain/explain-no-worker.js';
import { recommend } from '../recommend.js';
import type { TaskRecord } from '../records.js';
import { runTransitions } from '../run-transitions.js';
import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';
import type { StimulusWith } from '../stimulus.js';
import { STATE } from '../task-state.js';

/**
 * Tasks that no worker may run fail when that has been so for long enough; also those in the queue, if there has been no
 * running worker at all. What depends on them fails with them.
 */
export function failUnrunnable(
  state: SchedulerState,
  { timeoutMs, withoutWorkersMs }: StimulusWith<'fail-unrunnable'>,
  out: SchedulerOutput,
): void {
  const { at } = state.cause;
  const overdue = [...state.unrunnable].filter(([, since]) => at - since >= timeoutMs).map(([task]) => task);
  if (withoutWorkersMs >= timeoutMs) overdue.push(...state.queue.values());
  for (const task of overdue) {
    giveUp(state, task, timeoutMs);
    recommend(state, task, STATE.erred);
  }
  runTransitions(state, out);
}

function giveUp(state: SchedulerState, task: TaskRecord, timeoutMs: number): void {
  const { key, id: taskId } = task;
  const { text, reason } = explainNoWorker(state, task);
  const isAnyHere = reason !== 'no-workers' && reason !== 'workers-not-running';
  task.failure = {
    taskId,
    key,
    worker: '',
    cause: {
      code: isAnyHere ? 'GRID_SCHEDULER_NO_VALID_WORKER' : 'GRID_SCHEDULER_NO_WORKERS',
      message: `${text} That has been so for ${String(timeoutMs)} ms, the time that the scheduler waits for a worker`,
      details: { key, timeoutMs, reason },
    },
  };
}
