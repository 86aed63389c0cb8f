import type { FailureRecord } from '../failure-record.js';
import { recommend, recommendIfUnneeded } from '../recommend.js';
import { dependenciesOf, isNeeded, type TaskRecord } from '../records.js';
import { membersOf } from '../relation.js';
import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';
import { setState } from '../set-state.js';
import { STATE } from '../task-state.js';
import { tellWanters } from '../wants.js';

/** The failure of `task` is history: it is tried again with all that failed for it, or it is on its way out. */
export function erredToReleased(state: SchedulerState, task: TaskRecord, out: SchedulerOutput): void {
  task.failure = null;
  // Who has it tried again knows what it did.
  task.suspicious = 0;
  state.deaths.delete(task);
  setState(state, task, STATE.released);
  for (const dependent of membersOf(task.dependents)) {
    if (dependent.state === STATE.erred) retryDependent(state, dependent);
  }
  tellWanters(task, out, 'keyRetried');
  if (task.hasLostDependencies) recommend(state, task, STATE.forgotten);
  else if (isNeeded(task)) recommend(state, task, STATE.waiting);
  else {
    // What needs it asks for it when its turn comes.
    recommend(state, task, STATE.released);
    recommendIfUnneeded(state, task);
  }
}

/**
 * Its turn comes with the last of its dependencies that have failed. If it came with each, a task would be taken back as
 * often as there are ways to it from the one that failed.
 */
function retryDependent(state: SchedulerState, dependent: TaskRecord): void {
  for (const other of dependenciesOf(dependent)) {
    if (other.state !== STATE.erred) continue;
    // It may stay like this, for the reason of the other.
    if (other.failure !== dependent.failure) blameOther(dependent, other.failure);
    return;
  }
  recommend(state, dependent, STATE.waiting);
}

/** Gives a task that stays failed another reason, and all that failed for it. */
function blameOther(task: TaskRecord, failure: FailureRecord | null): void {
  const before = task.failure;
  task.failure = failure;
  const changed = [task];
  for (let next = changed.pop(); next !== undefined; next = changed.pop()) {
    for (const dependent of membersOf(next.dependents)) {
      if (dependent.state !== STATE.erred || dependent.failure !== before) continue;
      // Another way may lead to the same reason, and does so still.
      if (dependenciesOf(dependent).some((other) => other.state === STATE.erred && other.failure === before)) continue;
      dependent.failure = failure;
      changed.push(dependent);
    }
  }
}
