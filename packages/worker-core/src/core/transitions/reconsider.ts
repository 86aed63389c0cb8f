import { assertNever } from '@grid/common';

import { ACTIVITY } from '../activity.js';
import type { WorkerEffects } from '../effects.js';
import { NO_TASKS, stateIndexOf, type LocalTask } from '../local-task.js';
import { leaveReady } from '../ready/ready-tasks.js';
import type { WorkerState } from '../worker-state.js';
import { noteStep } from './note-step.js';
import { settle } from './settle.js';

/**
 * Who wants `task`, and for what, has changed: takes the consequence. This is the table of wants and activities, a case
 * an activity; `docs/states/worker.md` has it in full.
 *
 * @param from - the state it was in before the change, for the story
 */
export function reconsider(state: WorkerState, task: LocalTask, from: number, out: WorkerEffects): void {
  if (task.isAttached && !task.isComputeWanted) detach(state, task, out);
  const { activity } = task;
  switch (activity) {
    case ACTIVITY.released:
      settle(state, task, from, out);
      return;
    case ACTIVITY.waiting:
      if (task.isComputeWanted) return;
      settle(state, task, from, out);
      return;
    case ACTIVITY.ready:
      if (task.isComputeWanted) return;
      leaveReady(state, task);
      settle(state, task, from, out);
      return;
    case ACTIVITY.executing:
    case ACTIVITY.longRunning:
      // Wanted again after it was told to stop: whether the stop came in time will be seen when it ends.
      if (!task.isComputeWanted && !task.isStopping) {
        task.isStopping = true;
        out.stopTask(task);
      }
      noteStep(state, task, from);
      return;
    case ACTIVITY.memory:
      if (task.isHeld || task.isWanted) return;
      out.dropData(task);
      settle(state, task, from, out);
      return;
    case ACTIVITY.fetch:
    case ACTIVITY.missing:
      if ((task.waiterCount > 0 || task.isReplicaWanted) && !task.isComputeWanted) return;
      state.missing.delete(task);
      settle(state, task, from, out);
      return;
    case ACTIVITY.flight:
      // A transfer is not cut off: what it brings may be wanted again by then, and is dropped if not.
      noteStep(state, task, from);
      return;
    case ACTIVITY.forgotten:
      return;
    default:
      assertNever(activity, 'activity');
  }
}

/** `task` needs its dependencies no more; those that nobody else needs are let go. */
export function detach(state: WorkerState, task: LocalTask, out: WorkerEffects): void {
  const { dependencies } = task;
  const isMissingAny = task.missingCount > 0;
  task.isAttached = false;
  task.missingCount = 0;
  task.dependencies = NO_TASKS;
  for (const dependency of dependencies) {
    const from = stateIndexOf(dependency);
    dependency.waiterCount -= 1;
    if (isMissingAny && dependency.waiting !== null) removeLast(dependency, task);
    if (dependency.waiterCount === 0) reconsider(state, dependency, from, out);
  }
}

function removeLast(dependency: LocalTask, task: LocalTask): void {
  const waiting = dependency.waiting as LocalTask[];
  const index = waiting.lastIndexOf(task);
  if (index < 0) return;
  const last = waiting.pop() as LocalTask;
  if (index < waiting.length) waiting[index] = last;
  if (waiting.length === 0) dependency.waiting = null;
}
