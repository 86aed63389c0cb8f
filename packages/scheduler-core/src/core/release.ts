import { recommend, recommendIfUnneeded } from './recommend.js';
import { isNeeded, type TaskRecord } from './records.js';
import type { SchedulerState } from './scheduler-state.js';
import { setState } from './set-state.js';
import { STATE } from './task-state.js';

/**
 * Takes an active task back to `released`, and proposes what is next: to wait again if somebody needs it, else to be
 * forgotten if nobody can ask for it.
 */
export function releaseActive(state: SchedulerState, task: TaskRecord): void {
  const waitsAgain = task.failure === null && !task.hasLostDependencies && isNeeded(task);
  dropClaims(state, task, waitsAgain);
  task.waitingCount = 0;
  setState(state, task, STATE.released);
  if (task.hasLostDependencies) recommend(state, task, STATE.forgotten);
  else if (waitsAgain) recommend(state, task, STATE.waiting);
  else if (task.failure === null) recommendIfUnneeded(state, task);
}

/** A task that is no longer active needs its dependencies no more; those that nobody else needs are let go. */
export function dropClaims(state: SchedulerState, task: TaskRecord, keepsDependencies: boolean): void {
  const { dependencies } = task;
  if (dependencies === null) return;
  if (!Array.isArray(dependencies)) {
    dropClaim(state, dependencies, keepsDependencies);
    return;
  }
  for (let index = 0; index < dependencies.length; index += 1) {
    dropClaim(state, dependencies[index] as TaskRecord, keepsDependencies);
  }
}

function dropClaim(state: SchedulerState, dependency: TaskRecord, keepsIt: boolean): void {
  dependency.waiterCount -= 1;
  // With dependents at hand there is nothing to forget, so only the case of a result or a run without use remains.
  if (!keepsIt && dependency.waiterCount === 0) recommendIfUnneeded(state, dependency);
}
