import { forgetFired } from './fire-and-forget.js';
import { recommend, recommendIfUnneeded } from './recommend.js';
import type { TaskRecord } from './records.js';
import { membersOf } from './relation.js';
import type { SchedulerOutput } from './scheduler-output.js';
import type { SchedulerState } from './scheduler-state.js';
import { setState } from './set-state.js';
import { isActive, STATE } from './task-state.js';
import { tellWanters } from './wants.js';

/** Puts a task, for the reason it has, into `erred`, and proposes the same for all that were going to need it. */
export function enterErred(state: SchedulerState, task: TaskRecord, out: SchedulerOutput): void {
  setState(state, task, STATE.erred);
  for (const dependent of membersOf(task.dependents)) {
    // One that has its result, or that nobody needs, is not touched: it would look for its dependencies when needed.
    if (!isActive(dependent.state)) continue;
    dependent.failure = task.failure;
    recommend(state, dependent, STATE.erred);
  }
  tellWanters(task, out, 'keyErred');
  if (state.forgetful !== null) forgetFired(state, task);
  recommendIfUnneeded(state, task);
}
