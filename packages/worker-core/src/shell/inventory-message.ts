import { COMPUTE_FLAGS, INVENTORY_MARKS, textColumn, type MessageWith } from '@grid/protocol';

import { ACTIVITY } from '../core/activity.js';
import { takeInventory } from '../core/inventory.js';
import type { LocalTask } from '../core/local-task.js';
import type { WorkerState } from '../core/worker-state.js';

/** What a worker says of itself to the scheduler that has taken another's place. */
export function inventoryMessage(
  state: WorkerState,
  about: {
    readonly formerScheduler: string;
    readonly workerCount: number;
    readonly types: readonly string[];
  },
): MessageWith<'worker-inventory'> {
  const { formerScheduler, workerCount, types } = about;
  const { tasks, taskEnd, runEnd, functionEnd } = takeInventory(state);
  return {
    op: 'worker-inventory',
    formerScheduler,
    workerCount,
    taskEnd,
    runEnd,
    functionEnd,
    types: types.map((name, id) => ({ id, name })),
    taskIds: tasks.map(({ taskId }) => taskId),
    runIds: tasks.map(({ runId }) => runId),
    marks: tasks.map(marksOf),
    sizes: tasks.map(({ nbytes }) => nbytes),
    // Of a copy that came from a peer the kind is not known here.
    typeIds: tasks.map((task) => (task.stats === null ? types.length : task.typeId)),
    keys: textColumn(tasks.map(({ key }) => key)),
  };
}

function marksOf(task: LocalTask): number {
  const { running, longRunning, actor } = INVENTORY_MARKS;
  const ofActor = (task.flags & COMPUTE_FLAGS.actor) === 0 ? 0 : actor;
  if (task.activity === ACTIVITY.memory) return ofActor;
  return ofActor | (task.activity === ACTIVITY.longRunning ? longRunning : running);
}
