import { invariant } from '@grid/common';

import { ACTIVITY, DERIVED } from '../activity.js';
import type { WorkerEffects } from '../effects.js';
import { stateIndexOf, type LocalTask } from '../local-task.js';
import type {
  ExecuteFailure,
  ExecuteOverdue,
  ExecuteRescheduled,
  ExecuteReturned,
  ExecuteSuccess,
  ExecuteSuspended,
  Rejoin,
  Secede,
} from '../stimulus.js';
import { detach } from '../transitions/reconsider.js';
import { leaveSlot, leaveThread } from '../transitions/leave-thread.js';
import { noteStep } from '../transitions/note-step.js';
import { settle } from '../transitions/settle.js';
import { toMemory } from '../transitions/to-memory.js';
import type { WorkerState } from '../worker-state.js';

/** What a task that soon waits for a promise costs its thread, in milliseconds. */
const SUSPENDING_COST_MS = 0.1;

/** Also when it was told to stop: the stop came too late, and what is there is as good as what a new run would give. */
export function onExecuteSuccess(state: WorkerState, stimulus: ExecuteSuccess, out: WorkerEffects): void {
  const task = executingTask(state, stimulus.taskId);
  const from = stateIndexOf(task);
  task.stats?.learn(task.isSuspended ? SUSPENDING_COST_MS : stimulus.duration);
  task.stats?.learnOutput(stimulus.nbytes);
  leaveThread(state, task);
  if (!task.isWanted) {
    out.dropData(task);
    settle(state, task, from, out);
    return;
  }
  task.nbytes = stimulus.nbytes;
  task.typeId = stimulus.typeId;
  toMemory(state, task, stimulus, out);
  noteStep(state, task, from);
}

/** A task that was told to stop may fail of it in any way; that is nobody's error. */
export function onExecuteFailure(state: WorkerState, stimulus: ExecuteFailure, out: WorkerEffects): void {
  const task = executingTask(state, stimulus.taskId);
  const from = stateIndexOf(task);
  const wasStopping = task.isStopping;
  leaveThread(state, task);
  if (wasStopping) {
    settle(state, task, from, out);
    return;
  }
  out.taskErred(task, stimulus.failure, stimulus.start, stimulus.duration);
  giveUp(state, task, out);
  state.story.add(task, from, DERIVED.error);
  // A dependent here can only wait for it if the scheduler was about to take the dependent back: it will say so.
  settle(state, task, DERIVED.error, out);
}

export function onExecuteRescheduled(state: WorkerState, stimulus: ExecuteRescheduled, out: WorkerEffects): void {
  const task = executingTask(state, stimulus.taskId);
  const from = stateIndexOf(task);
  const wasStopping = task.isStopping;
  leaveThread(state, task);
  if (wasStopping) {
    settle(state, task, from, out);
    return;
  }
  out.rescheduleTask(task);
  giveUp(state, task, out);
  state.story.add(task, from, DERIVED.rescheduled);
  settle(state, task, DERIVED.rescheduled, out);
}

/** Its thread has let go of it without a result. If it is wanted, it runs again, from the start. */
export function onExecuteReturned(state: WorkerState, stimulus: ExecuteReturned, out: WorkerEffects): void {
  const task = executingTask(state, stimulus.taskId);
  const from = stateIndexOf(task);
  leaveThread(state, task);
  settle(state, task, from, out);
}

/** May come late, after the task has left its slot in another way. */
export function onExecuteSuspended(state: WorkerState, stimulus: ExecuteSuspended): void {
  const task = executingTask(state, stimulus.taskId);
  if (task.isSuspended || task.activity !== ACTIVITY.executing) return;
  leaveSlot(state, task);
  task.isSuspended = true;
  state.suspendedCount += 1;
}

/** May come late, as above. */
export function onExecuteOverdue(state: WorkerState, stimulus: ExecuteOverdue): void {
  const task = executingTask(state, stimulus.taskId);
  if (task.isSuspended || task.isOverdue || task.activity !== ACTIVITY.executing) return;
  leaveSlot(state, task);
  task.isOverdue = true;
  state.overdueCount += 1;
}

/** The scheduler is not told of a task that it has taken back. */
export function onSecede(state: WorkerState, stimulus: Secede, out: WorkerEffects): void {
  const task = executingTask(state, stimulus.taskId);
  if (task.activity !== ACTIVITY.executing) return;
  const from = stateIndexOf(task);
  leaveSlot(state, task);
  task.activity = ACTIVITY.longRunning;
  state.longRunningCount += 1;
  if (!task.isStopping) out.longRunning(task, stimulus.duration);
  noteStep(state, task, from);
}

/** Its turn comes before that of tasks that have not begun. One that has a slot already is told so. */
export function onRejoin(state: WorkerState, stimulus: Rejoin, out: WorkerEffects): void {
  const task = executingTask(state, stimulus.taskId);
  if (task.activity !== ACTIVITY.longRunning) out.grantSlot(task);
  else if (!state.rejoining.includes(task)) state.rejoining.push(task);
}

function executingTask(state: WorkerState, taskId: number): LocalTask {
  const task = state.tasks.get(taskId);
  invariant(task !== undefined, `an execution of the unknown task ${String(taskId)} ended`);
  invariant(task.isExecuting, `an execution of ${task.key} ended, which is not running`);
  return task;
}

function giveUp(state: WorkerState, task: LocalTask, out: WorkerEffects): void {
  task.isComputeWanted = false;
  if (task.isAttached) detach(state, task, out);
}
