import { dependenciesOf, dependentsOf, type SchedulerState, type TaskRecord } from '@grid/scheduler-core/simulation';
import type { LocalTask, WorkerState } from '@grid/worker-core/simulation';

/** Of one step and its surroundings no more tasks are looked at: the rest is seen when all are. */
const TOUCHED_MAX = 60;

/** Tasks of a scheduler that took a step since the story was at `position`, and those that stand beside them. */
export function touchedOnScheduler(state: SchedulerState, position: number): ReadonlySet<TaskRecord> {
  const touched = new Set<TaskRecord>();
  const add = (task: TaskRecord | undefined): void => {
    if (task !== undefined && touched.size < TOUCHED_MAX) touched.add(task);
  };
  for (const key of state.story.keysSince(position)) {
    const task = state.keys.get(key);
    if (task === undefined || touched.size >= TOUCHED_MAX) continue;
    add(task);
    for (const dependency of dependenciesOf(task)) add(dependency);
    for (const dependent of dependentsOf(task)) add(dependent);
  }
  return touched;
}

/** Tasks of a worker that took a step since its story had `count` rows, what they need, and what waits for them. */
export function touchedOnWorker(state: WorkerState, count: number): ReadonlySet<LocalTask> {
  const touched = new Set<LocalTask>();
  const add = (task: LocalTask): void => {
    if (touched.size < TOUCHED_MAX && state.tasks.get(task.taskId) === task) touched.add(task);
  };
  for (const task of state.story.tasksSince(count)) {
    add(task);
    for (const dependency of task.dependencies) add(dependency);
    for (const dependent of task.waiting ?? []) add(dependent);
  }
  return touched;
}
