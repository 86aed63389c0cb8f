import { allowedWorkers } from '../placement/restrictions.js';
import type { TaskRecord, WorkerRecord } from '../records.js';
import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';
import { wasAskedFor } from './was-asked-for.js';

/** Tasks of one worker that are looked at in one round, those that were given to it last. */
const RECALLED_MAX = 1000;

/**
 * Asks a worker that takes no tasks at the moment to give up those that it has not begun, if another one may run them. Where
 * they go is decided when they are given up.
 */
export function recallTasks(state: SchedulerState, worker: WorkerRecord, out: SchedulerOutput): void {
  if (state.totalThreads === 0) return;
  const { processing } = worker;
  const last = Math.max(0, processing.length - RECALLED_MAX);
  for (let index = processing.length - 1; index >= last; index -= 1) {
    const task = processing[index] as TaskRecord;
    if (task.isLongRunning || wasAskedFor(state, task)) continue;
    if (allowedWorkers(state, task)?.length === 0) continue;
    state.steals.set(task, { victim: worker, thief: null, runId: task.runId, askedAt: state.cause.at });
    out.stealTask(worker, task);
  }
}
