import { ACTIVITY } from '../activity.js';
import type { LocalTask } from '../local-task.js';
import type { WorkerState } from '../worker-state.js';

/** Puts a task that misses nothing among those that could run. */
export function becomeReady(state: WorkerState, task: LocalTask): void {
  task.activity = ACTIVITY.ready;
  const { resources } = task;
  if (resources === null) state.ready.push(task);
  else state.resources.push(task, resources);
}

/** Takes a ready task out again; the caller says what it is doing from now on. */
export function leaveReady(state: WorkerState, task: LocalTask): void {
  const { resources } = task;
  if (resources === null) state.ready.remove(task);
  else state.resources.remove(task, resources);
}
