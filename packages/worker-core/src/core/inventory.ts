import { ACTIVITY } from './activity.js';
import type { LocalTask } from './local-task.js';
import type { WorkerState } from './worker-state.js';

/** What a worker has that a next scheduler can go on with, and the numbers that must not be given to anything else. */
export interface Inventory {
  /** Results that the former scheduler counted on, and runs that nobody has taken back. */
  readonly tasks: readonly LocalTask[];
  /** One above the largest number that is in use. */
  readonly taskEnd: number;
  readonly runEnd: number;
  readonly functionEnd: number;
}

/** What is here now. */
export function takeInventory(state: WorkerState): Inventory {
  const tasks: LocalTask[] = [];
  let [taskEnd, runEnd, functionEnd] = [0, 0, 0];
  for (const task of state.tasks.values()) {
    taskEnd = Math.max(taskEnd, task.taskId + 1);
    runEnd = Math.max(runEnd, task.runId + 1);
    if (task.isExecuting) functionEnd = Math.max(functionEnd, task.functionId + 1);
    const isResult = task.activity === ACTIVITY.memory && task.isHeld;
    if (isResult || (task.isExecuting && task.isComputeWanted && !task.isStopping)) tasks.push(task);
  }
  return { tasks, taskEnd, runEnd, functionEnd };
}
