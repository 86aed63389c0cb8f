import { ACTIVITY } from '../activity.js';
import type { WorkerEffects } from '../effects.js';
import { stateIndexOf, type LocalTask } from '../local-task.js';
import { leaveReady } from '../ready/ready-tasks.js';
import type { LoseData } from '../stimulus.js';
import { noteStep } from '../transitions/note-step.js';
import { settle } from '../transitions/settle.js';
import type { WorkerState } from '../worker-state.js';

/** Values could not be read back from disk. What needs them here waits for another copy, or for a new computation. */
export function onLoseData(state: WorkerState, { taskIds }: LoseData, out: WorkerEffects): void {
  for (const taskId of taskIds) {
    const task = state.tasks.get(taskId);
    if (task === undefined || task.activity !== ACTIVITY.memory) continue;
    const from = stateIndexOf(task);
    if (task.waiterCount > 0) missAgain(state, task);
    if (task.isHeld) {
      task.isHeld = false;
      out.releaseData(task);
    }
    if (task.waiterCount > 0 && isUnderWay(state, task)) {
      task.activity = ACTIVITY.flight;
      noteStep(state, task, from);
    } else settle(state, task, from, out);
  }
}

/** A peer may have been asked for it before it came by another way, and has not answered: nobody else is asked meanwhile. */
function isUnderWay(state: WorkerState, task: LocalTask): boolean {
  for (const peer of state.gathering.values()) if (peer.inFlight?.includes(task) === true) return true;
  return false;
}

/** Seldom enough to look through all tasks for those that depend on it. */
function missAgain(state: WorkerState, task: LocalTask): void {
  task.waiting = [];
  for (const dependent of state.tasks.values()) {
    if (!dependent.isAttached || !dependent.dependencies.includes(task)) continue;
    dependent.missingCount += 1;
    task.waiting.push(dependent);
    if (dependent.activity !== ACTIVITY.ready) continue;
    const from = stateIndexOf(dependent);
    leaveReady(state, dependent);
    dependent.activity = ACTIVITY.waiting;
    noteStep(state, dependent, from);
  }
}
