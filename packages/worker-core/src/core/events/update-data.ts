import { ACTIVITY } from '../activity.js';
import type { WorkerEffects } from '../effects.js';
import { LocalTask, stateIndexOf } from '../local-task.js';
import type { UpdateData } from '../stimulus.js';
import { noteStep } from '../transitions/note-step.js';
import { NOT_RUN, toMemory } from '../transitions/to-memory.js';
import { leaveReady } from '../ready/ready-tasks.js';
import type { WorkerState } from '../worker-state.js';

/** Somebody put values into this worker's store. */
export function onUpdateData(state: WorkerState, stimulus: UpdateData, out: WorkerEffects): void {
  stimulus.taskIds.forEach((taskId, row) => {
    const known = state.tasks.get(taskId);
    const task = known ?? new LocalTask(taskId);
    if (known === undefined) state.tasks.set(taskId, task);
    task.nameIt(stimulus.keys[row] as string);
    take(state, task, stimulus.sizes[row] as number, out);
  });
}

function take(state: WorkerState, task: LocalTask, nbytes: number, out: WorkerEffects): void {
  if (task.isExecuting) {
    // Two makers of one value: the one that is under way here will overwrite the store in a moment, or not.
    out.dropData(task);
    return;
  }
  const from = stateIndexOf(task);
  task.nbytes = nbytes;
  if (task.activity === ACTIVITY.memory) {
    task.isHeld = true;
    out.addKeys(task);
    return;
  }
  if (task.activity === ACTIVITY.ready) leaveReady(state, task);
  state.missing.delete(task);
  toMemory(state, task, NOT_RUN, out);
  noteStep(state, task, from);
}
