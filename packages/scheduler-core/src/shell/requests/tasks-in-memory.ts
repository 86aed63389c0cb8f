import type { NumberColumn } from '@grid/protocol';

import type { ClientRecord, TaskRecord } from '../../core/records.js';
import { STATE } from '../../core/task-state.js';

/** The tasks behind a client's numbers whose results are there, and the numbers of the others. */
export function tasksInMemory(
  client: ClientRecord,
  ids: NumberColumn,
): { readonly tasks: Map<TaskRecord, number>; readonly missing: number[] } {
  const tasks = new Map<TaskRecord, number>();
  const missing: number[] = [];
  for (let row = 0; row < ids.length; row += 1) {
    const id = ids[row] as number;
    const task = client.tasks.get(id);
    if (task?.state === STATE.memory) tasks.set(task, id);
    else missing.push(id);
  }
  return { tasks, missing };
}
