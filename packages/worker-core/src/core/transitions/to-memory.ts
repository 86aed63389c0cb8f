import { ACTIVITY } from '../activity.js';
import type { WorkerEffects } from '../effects.js';
import type { LocalTask } from '../local-task.js';
import { becomeReady } from '../ready/ready-tasks.js';
import type { WorkerState } from '../worker-state.js';
import { detach } from './reconsider.js';
import { noteStep } from './note-step.js';

/** How a value came to be here, for the scheduler. */
export interface Arrival {
  readonly start: number;
  readonly duration: number;
}

/** A value that was not computed in answer to the present run. */
export const NOT_RUN: Arrival = { start: 0, duration: 0 };

/**
 * The value of `task`, which is wanted, is in the store. Tells the scheduler in the words that it now expects: that the
 * run is done if it asked for one, else that there is a copy. Dependents that missed only this become ready.
 */
export function toMemory(state: WorkerState, task: LocalTask, arrival: Arrival, out: WorkerEffects): void {
  task.activity = ACTIVITY.memory;
  task.isHeld = true;
  task.isReplicaWanted = false;
  task.holders = null;
  // Also those of a run that was taken back since: they are all arguments that came along with it.
  task.undefine();
  if (task.isComputeWanted) {
    task.isComputeWanted = false;
    if (task.isAttached) detach(state, task, out);
    out.taskFinished(task, arrival.start, arrival.duration);
  } else {
    out.addKeys(task);
  }
  const { waiting } = task;
  if (waiting === null) return;
  task.waiting = null;
  for (const dependent of waiting) {
    dependent.missingCount -= 1;
    // Others that miss it are not waiting: they were cancelled in a thread or on a line, and wanted again since.
    if (dependent.missingCount === 0 && dependent.activity === ACTIVITY.waiting) {
      becomeReady(state, dependent);
      noteStep(state, dependent, ACTIVITY.waiting);
    }
  }
}
