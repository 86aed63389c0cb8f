import type { MessageWith, NumberColumn } from '@grid/protocol';

import type { ClientRecord } from '../../core/records.js';
import type { SchedulerState } from '../../core/scheduler-state.js';
import { STATE_NAMES } from '../../core/task-state.js';

/** How the tasks behind a client's numbers stand; `unknown` for numbers of nothing. */
export function taskStates(
  state: SchedulerState,
  client: ClientRecord,
  ids: NumberColumn,
): MessageWith<'task-states-reply'> {
  const states = Array.from(ids, (id) => {
    const task = client.tasks.get(id);
    return task === undefined ? 'unknown' : (STATE_NAMES[task.state] as string);
  });
  return { op: 'task-states-reply', states, workerCount: state.workers.length };
}
