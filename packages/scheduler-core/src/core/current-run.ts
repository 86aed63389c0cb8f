import type { TaskRecord, WorkerRecord } from './records.js';
import type { SchedulerState } from './scheduler-state.js';
import { STATE } from './task-state.js';

/** The task that a worker speaks of, if it is about the run that counts; late ones are counted and turned away. */
export function currentRun(
  state: SchedulerState,
  said: { readonly worker: WorkerRecord; readonly taskId: number; readonly runId: number },
): TaskRecord | undefined {
  const task = state.tasks.get(said.taskId);
  if (task?.state === STATE.processing && task.processingOn === said.worker && task.runId === said.runId) return task;
  state.staleCount += 1;
  return undefined;
}
