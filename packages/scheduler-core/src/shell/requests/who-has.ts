import type { MessageWith, NumberColumn } from '@grid/protocol';

import type { ClientRecord } from '../../core/records.js';
import { membersOf } from '../../core/relation.js';
import type { SchedulerState } from '../../core/scheduler-state.js';
import { STATE } from '../../core/task-state.js';
import { holderRows, type HolderRow } from './holder-rows.js';

/** Where results lie: a row for each number asked for, in that order, or one for every result there is. */
export function whoHas(
  state: SchedulerState,
  client: ClientRecord,
  ids: NumberColumn | null,
): MessageWith<'who-has-reply'> {
  const rows: HolderRow[] = [];
  if (ids === null) {
    for (const [, task] of state.tasks.entries()) {
      if (task.state === STATE.memory) rows.push({ task, workers: membersOf(task.whoHas) });
    }
  } else {
    for (let row = 0; row < ids.length; row += 1) {
      const task = client.tasks.get(ids[row] as number);
      rows.push({ task, workers: membersOf(task?.whoHas ?? null) });
    }
  }
  return { op: 'who-has-reply', holders: holderRows(rows) };
}
