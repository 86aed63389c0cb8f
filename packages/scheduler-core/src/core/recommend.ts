import type { SchedulerState } from './scheduler-state.js';
import { comparePriority, isNeeded, NOTHING, type TaskRecord } from './records.js';
import { STATE, type StateCode } from './task-state.js';

/** Proposes a task's next state. A later proposal replaces this one, which keeps its place in the list. */
export function recommend(state: SchedulerState, task: TaskRecord, to: StateCode): void {
  if (task.recommended === NOTHING) state.work.push(task);
  task.recommended = to;
}

/** Proposes `processing` for tasks that have become ready, so that the one with the highest priority is taken first. */
export function recommendReady(state: SchedulerState, ready: TaskRecord[]): void {
  // In nearly all graphs dependents were made in the order in which they are to run, and then this finds them sorted.
  for (let index = 1; index < ready.length; index += 1) {
    if (comparePriority(ready[index - 1] as TaskRecord, ready[index] as TaskRecord) > 0) {
      ready.sort(comparePriority);
      break;
    }
  }
  for (let index = ready.length - 1; index >= 0; index -= 1)
    recommend(state, ready[index] as TaskRecord, STATE.processing);
}

/**
 * Proposes what is to become of a task after a claim on it was dropped: nothing if others remain, `forgotten` if nobody
 * can ask for it any more, `released` if what it holds or does serves nobody.
 */
export function recommendIfUnneeded(state: SchedulerState, task: TaskRecord): void {
  if (isNeeded(task)) return;
  if (task.dependents === null) {
    recommend(state, task, STATE.forgotten);
    return;
  }
  // About to fail for the same reason as those that needed it: retrying them must find it.
  if (task.recommended === STATE.erred) return;
  if (task.state === STATE.released) {
    // Who was to wait for it failed first, for another reason.
    if (task.recommended === STATE.waiting) task.recommended = STATE.released;
    return;
  }
  // An error is kept for as long as a dependent may ask for its reason.
  if (task.state !== STATE.erred) recommend(state, task, STATE.released);
}
