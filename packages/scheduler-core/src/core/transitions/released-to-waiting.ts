import { recommend } from '../recommend.js';
import { dependenciesOf, type TaskRecord } from '../records.js';
import type { SchedulerState } from '../scheduler-state.js';
import { setState } from '../set-state.js';
import { STATE } from '../task-state.js';

/** `task` is to be computed: counts what it waits for, and has that computed too. */
export function releasedToWaiting(state: SchedulerState, task: TaskRecord): void {
  if (task.hasLostDependencies) {
    recommend(state, task, STATE.forgotten);
    return;
  }
  // Plain data comes from a client, not from a computation: whoever needs it waits until it arrives.
  if (task.graph === null) {
    if (!state.planned.has(task)) recommend(state, task, STATE.forgotten);
    return;
  }
  task.failure = null;
  const { dependencies } = task;
  if (dependencies === null) {
    setState(state, task, STATE.waiting);
    recommend(state, task, STATE.processing);
    return;
  }
  const needed = dependenciesOf(task);
  for (let index = 0; index < needed.length; index += 1) {
    const dependency = needed[index] as TaskRecord;
    // It has failed, or is about to, as an actor that was lost with its worker: it is not to be made again for this task.
    if (dependency.state !== STATE.erred && dependency.recommended !== STATE.erred) continue;
    task.failure = dependency.failure;
    recommend(state, task, STATE.erred);
    return;
  }
  let missing = 0;
  for (let index = 0; index < needed.length; index += 1) {
    const dependency = needed[index] as TaskRecord;
    dependency.waiterCount += 1;
    if (dependency.state === STATE.memory) continue;
    missing += 1;
    if (dependency.state === STATE.released) recommend(state, dependency, STATE.waiting);
  }
  task.waitingCount = missing;
  setState(state, task, STATE.waiting);
  if (missing === 0) recommend(state, task, STATE.processing);
}
