import { ACTIVITY } from '../activity.js';
import type { WorkerEffects } from '../effects.js';
import { stateIndexOf, type LocalTask } from '../local-task.js';
import { reconsider } from '../transitions/reconsider.js';
import { settle } from '../transitions/settle.js';
import type { WorkerState } from '../worker-state.js';
import { hasReason } from './has-reason.js';

/** Tasks that are looked at at a time. */
const LOOKED_AT_MAX = 10_000;

/** So many times in a row a task has to be seen without a reason before it is put right. */
const STUCK_LOOKS = 4;

/**
 * Looks at some tasks, others each time, for those that nothing keeps where they are: one that waits for an input that nobody
 * fetches, or that could run and stands in no line. One that is seen like that again and again is told of, and finds its
 * place anew.
 *
 * There are none unless this worker has a bug: between two stimuli each task has a reason.
 */
export function watchTasks(state: WorkerState, out: WorkerEffects): void {
  const { watch } = state;
  const { suspects } = watch;
  const underWay = tasksUnderWay(state);
  for (const [task, times] of suspects) {
    if (state.tasks.get(task.taskId) !== task || hasReason(state, task, underWay)) suspects.delete(task);
    else if (times + 1 < STUCK_LOOKS) suspects.set(task, times + 1);
    else {
      suspects.delete(task);
      watch.stuckCount += 1;
      out.foundStuck(task);
      placeAnew(state, task, out);
    }
  }
  watch.iterator ??= state.tasks.values();
  for (let looks = 0; looks < LOOKED_AT_MAX; looks += 1) {
    const next = watch.iterator.next();
    if (next.done === true) {
      watch.iterator = null;
      return;
    }
    if (!suspects.has(next.value) && !hasReason(state, next.value, underWay)) suspects.set(next.value, 1);
  }
}

function tasksUnderWay(state: WorkerState): ReadonlySet<LocalTask> {
  const tasks = new Set<LocalTask>();
  for (const { inFlight } of state.gathering.values()) for (const task of inFlight ?? []) tasks.add(task);
  return tasks;
}

function placeAnew(state: WorkerState, task: LocalTask, out: WorkerEffects): void {
  const from = stateIndexOf(task);
  if (task.activity === ACTIVITY.memory) {
    reconsider(state, task, from, out);
    return;
  }
  task.missingCount = task.dependencies.filter(({ activity }) => activity !== ACTIVITY.memory).length;
  state.missing.delete(task);
  task.activity = ACTIVITY.released;
  settle(state, task, from, out);
}
