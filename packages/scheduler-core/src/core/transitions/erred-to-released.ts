import { recommend, recommendIfUnneeded } from '../recommend.js';
import { isNeeded, type TaskRecord } from '../records.js';
import { membersOf } from '../relation.js';
import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';
import { setState } from '../set-state.js';
import { STATE } from '../task-state.js';
import { tellWanters } from '../wants.js';

/** The failure of `task` is history: it is tried again with all that failed for it, or it is on its way out. */
export function erredToReleased(state: SchedulerState, task: TaskRecord, out: SchedulerOutput): void {
  const { failure } = task;
  if (failure !== null && failure.taskId === task.id) {
    const worker = state.workersById.get(failure.workerId);
    if (worker !== undefined) out.freeKeys(worker, task.id);
  }
  task.failure = null;
  // Who has it tried again knows what it did.
  task.suspicious = 0;
  state.deaths.delete(task);
  setState(state, task, STATE.released);
  for (const dependent of membersOf(task.dependents)) {
    if (dependent.state === STATE.erred) recommend(state, dependent, STATE.waiting);
  }
  tellWanters(task, out, 'keyRetried');
  if (task.hasLostDependencies) recommend(state, task, STATE.forgotten);
  else if (isNeeded(task)) recommend(state, task, STATE.waiting);
  else recommendIfUnneeded(state, task);
}
