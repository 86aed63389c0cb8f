import { ACTIVITY, DERIVED } from '../activity.js';
import type { WorkerEffects } from '../effects.js';
import type { LocalTask } from '../local-task.js';
import type { ComputeTasks } from '../stimulus.js';
import { addHolder } from '../gather/holders.js';
import { noteStep } from '../transitions/note-step.js';
import { reconsider } from '../transitions/reconsider.js';
import type { WorkerState } from '../worker-state.js';

/** One place in the dependency columns of a `compute-tasks`. */
export interface DependencyPlace {
  readonly rows: NonNullable<ComputeTasks['message']['dependencies']>;
  readonly index: number;
  readonly out: WorkerEffects;
}

/** `dependent` has just been attached to `task`: learns where its value is said to be, and sees that it is fetched. */
export function needDependency(
  state: WorkerState,
  task: LocalTask,
  dependent: LocalTask,
  place: DependencyPlace,
): void {
  if (task.activity === ACTIVITY.memory) return;
  const { rows, index, out } = place;
  if (task.activity === ACTIVITY.released) {
    task.nbytes = rows.sizes[index] as number;
    task.priority = dependent.priority;
    task.generation = dependent.generation;
    task.order = dependent.order;
    task.counter = dependent.counter;
  }
  const { ends, ids } = rows.holders;
  const first = index === 0 ? 0 : (ends[index - 1] as number);
  for (let position = first; position < (ends[index] as number); position += 1) {
    addHolder(state, task, ids[position] as number, out);
  }
  if (task.activity === ACTIVITY.released) reconsider(state, task, ACTIVITY.released, out);
  // It was under way for nobody, and this is the first to want it again.
  else if (task.waiterCount === 1 && !task.isComputeWanted && !task.isReplicaWanted) noteWantedAgain(state, task);
}

function noteWantedAgain(state: WorkerState, task: LocalTask): void {
  if (task.isExecuting || task.activity === ACTIVITY.flight) noteStep(state, task, DERIVED.cancelled);
}
