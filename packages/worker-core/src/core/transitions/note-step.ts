import { stateIndexOf, type LocalTask } from '../local-task.js';
import type { WorkerState } from '../worker-state.js';

/** Writes into the story that `task` went from `from` to the state in which it is now, if that is another one. */
export function noteStep(state: WorkerState, task: LocalTask, from: number): void {
  const to = stateIndexOf(task);
  if (from !== to) state.story.add(task, from, to);
}
