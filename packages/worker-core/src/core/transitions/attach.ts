import { ACTIVITY } from '../activity.js';
import type { LocalTask } from '../local-task.js';

/** Makes `task` wait for its dependencies; those that nobody had asked for are still to be fetched by the caller. */
export function attach(task: LocalTask, dependencies: readonly LocalTask[]): void {
  task.isAttached = true;
  task.dependencies = dependencies;
  for (const dependency of dependencies) {
    dependency.waiterCount += 1;
    if (dependency.activity === ACTIVITY.memory) continue;
    task.missingCount += 1;
    if (dependency.waiting === null) dependency.waiting = [task];
    else dependency.waiting.push(task);
  }
}
