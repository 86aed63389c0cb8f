import { invariant } from '@grid/common';

import { NOTHING, type TaskRecord } from './records.js';
import type { SchedulerOutput } from './scheduler-output.js';
import type { SchedulerState } from './scheduler-state.js';
import { STATE, STATE_COUNT, STATE_NAMES, type StateCode } from './task-state.js';
import { TRANSITION_TABLE } from './transition-table.js';

/** Follows recommendations until there are none. */
export function runTransitions(state: SchedulerState, out: SchedulerOutput): void {
  const { work } = state;
  for (let task = work.pop(); task !== undefined; task = work.pop()) {
    const to = task.recommended;
    task.recommended = NOTHING;
    if (to !== NOTHING) transition(state, task, to, out);
  }
}

/** Takes one task to a state, through `released` if there is no direct way. */
export function transition(state: SchedulerState, task: TaskRecord, to: StateCode, out: SchedulerOutput): void {
  const from = task.state;
  // A task that was forgotten in this cascade, or that is there already.
  if (from === to || from === STATE.forgotten) return;
  if (TRANSITION_TABLE[from * STATE_COUNT + to] !== undefined) {
    takeStep(state, task, to, out);
    return;
  }
  takeStep(state, task, STATE.released, out);
  // The first half may have found a reason to leave it where it is.
  if (task.state !== STATE.released) return;
  // What the first half proposes knows more than what was proposed before it.
  const next = task.recommended === NOTHING ? to : task.recommended;
  task.recommended = NOTHING;
  if (next !== STATE.released) takeStep(state, task, next, out);
}

function takeStep(state: SchedulerState, task: TaskRecord, to: StateCode, out: SchedulerOutput): void {
  const index = task.state * STATE_COUNT + to;
  const step = TRANSITION_TABLE[index];
  invariant(step !== undefined, `${task.key} cannot go from ${STATE_NAMES[task.state]} to ${STATE_NAMES[to]}`);
  state.stepCounts[index] = (state.stepCounts[index] as number) + 1;
  step(state, task, out);
}

/** Gives free slots to the first in the queue. To be called when downstream tasks have had theirs. */
export function fillSlots(state: SchedulerState, out: SchedulerOutput): void {
  if (!state.mayHaveOpenSlots) return;
  for (let task = state.queue.peek(); task !== undefined; task = state.queue.peek()) {
    transition(state, task, STATE.processing, out);
    // It may have been found that it can run nowhere.
    if (state.work.length > 0) runTransitions(state, out);
    if (task.state === STATE.queued) break;
  }
  state.mayHaveOpenSlots = false;
}
