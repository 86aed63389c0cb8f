import type { GraphBlock } from './graph-block.js';
import { groupOf, joinGroup } from './prefixes.js';
import { TaskRecord } from './records.js';
import type { SchedulerState } from './scheduler-state.js';
import type { TaskGroup } from './task-group.js';
import { STATE } from './task-state.js';

/** Makes the record of a key that is in no table yet, and puts it into all of them, as `released`. */
export function addTask(
  state: SchedulerState,
  key: string,
  spec: { readonly graph: GraphBlock | null; readonly row: number },
  group: TaskGroup = groupOf(state, key),
): TaskRecord {
  const task = new TaskRecord(state.nextTaskId, key, group, spec);
  state.nextTaskId += 1;
  enterTables(state, task);
  if (spec.graph !== null) {
    spec.graph.liveCount += 1;
    spec.graph.span?.join();
  }
  return task;
}

/** The same for what has its number already, given by a former scheduler; what it is made of is not known. */
export function addNumberedTask(state: SchedulerState, id: number, key: string): TaskRecord {
  const task = new TaskRecord(id, key, groupOf(state, key), { graph: null, row: 0 });
  enterTables(state, task);
  return task;
}

function enterTables(state: SchedulerState, task: TaskRecord): void {
  state.tasks.set(task.id, task);
  state.keys.add(task);
  joinGroup(task.group);
  state.stateCounts[STATE.released] = (state.stateCounts[STATE.released] as number) + 1;
}
