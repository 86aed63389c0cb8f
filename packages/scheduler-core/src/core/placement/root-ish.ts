import type { SchedulerState } from '../scheduler-state.js';
import type { TaskRecord } from '../records.js';

/** More groups than this to depend on: not a root. */
const DEPENDENCY_GROUPS_MAX = 5;
/** More tasks in those groups than this: not a root. */
const DEPENDENCY_TASKS_MAX = 5;

/**
 * Whether a task is one of many that depend on next to nothing: such tasks make data faster than others use it up, so
 * they are queued here and given out as slots open.
 *
 * Evaluated when a task is ready; the answer changes with the size of the cluster.
 *
 * @source dask.distributed `SchedulerState.is_rootish`
 */
export function isRootish(state: SchedulerState, task: TaskRecord): boolean {
  const { group, graph } = task;
  if (group.size <= 2 * state.totalThreads || graph === null) return false;
  if (graph.options.workers.length > 0 || graph.options.resources !== null || graph.options.actor === true) {
    return false;
  }
  if (group.dependencies.size === 0) return true;
  if (group.dependencies.size >= DEPENDENCY_GROUPS_MAX) return false;
  let tasks = 0;
  for (const dependency of group.dependencies) tasks += dependency.size;
  return tasks < DEPENDENCY_TASKS_MAX;
}
