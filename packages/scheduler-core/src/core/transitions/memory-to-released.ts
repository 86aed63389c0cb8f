import { leaveMemory } from '../leave-memory.js';
import { recommend, recommendIfUnneeded } from '../recommend.js';
import { isNeeded, type TaskRecord } from '../records.js';
import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';
import { STATE } from '../task-state.js';
import { tellWanters } from '../wants.js';

/** The result is needed no more, or its last copy is lost; then it is computed again if somebody needs it. */
export function memoryToReleased(state: SchedulerState, task: TaskRecord, out: SchedulerOutput): void {
  // It was to be let go, but a later step of the same cascade found a use for it.
  if (task.whoHas !== null && isNeeded(task) && task.failure === null) return;
  leaveMemory(state, task, out);
  if (!isNeeded(task)) task.failure = null;
  // An actor that was lost is not made again behind the backs of those who have called it.
  if (task.failure !== null) {
    recommend(state, task, STATE.erred);
    return;
  }
  if (task.graph === null || task.hasLostDependencies) {
    recommend(state, task, STATE.forgotten);
    return;
  }
  if (!isNeeded(task)) {
    recommendIfUnneeded(state, task);
    return;
  }
  tellWanters(task, out, 'keyLost');
  recommend(state, task, STATE.waiting);
}
