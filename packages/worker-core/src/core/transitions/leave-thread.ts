import { ACTIVITY } from '../activity.js';
import type { LocalTask } from '../local-task.js';
import type { WorkerState } from '../worker-state.js';

/** The task's execution has ended, in whichever way: nothing is being done about it any more. */
export function leaveThread(state: WorkerState, task: LocalTask): void {
  leaveSlot(state, task);
  if (state.resources.occupied.size > 0) state.resources.vacate(task);
  state.expectedBytes -= task.nbytes;
  task.isStopping = false;
}

/** Undoes what counts the task among those that are running. */
export function leaveSlot(state: WorkerState, task: LocalTask): void {
  if (task.activity === ACTIVITY.longRunning) {
    state.longRunningCount -= 1;
    if (state.rejoining.length > 0) stopRejoining(state, task);
  } else if (task.isSuspended) {
    task.isSuspended = false;
    state.suspendedCount -= 1;
  } else if (task.isOverdue) {
    task.isOverdue = false;
    state.overdueCount -= 1;
  } else {
    state.activeCount -= 1;
    // Sums of fractions drift; nothing running is exactly nothing.
    state.activeMs = state.activeCount === 0 ? 0 : state.activeMs - task.estimateMs;
  }
}

function stopRejoining({ rejoining }: WorkerState, task: LocalTask): void {
  const index = rejoining.indexOf(task);
  if (index >= 0) rejoining.splice(index, 1);
}
