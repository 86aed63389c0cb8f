import type { MessageWith } from '@grid/protocol';

import { isNamed } from '../../core/placement/restrictions.js';
import type { ClientRecord } from '../../core/records.js';
import { membersOf } from '../../core/relation.js';
import { SchedulerError } from '../../errors.js';
import type { SchedulerContext } from '../scheduler-context.js';
import { holderRows } from './holder-rows.js';

/** Makes tasks of a client's data, and says which workers are to have it: a row for each number, in that order. */
export function planScatter(
  server: SchedulerContext,
  client: ClientRecord,
  { ids, keys, sizes, workers }: MessageWith<'plan-scatter'>,
): MessageWith<'plan-scatter-reply'> {
  const { state } = server;
  if (keys.length !== ids.length || sizes.length !== ids.length) {
    throw new SchedulerError('GRID_SCHEDULER_BAD_REQUEST', 'columns of a scatter differ in length');
  }
  const isThere = state.workers.some(
    (worker) => worker.status === 'running' && (workers.length === 0 || isNamed(worker, workers)),
  );
  if (!isThere) {
    throw new SchedulerError(
      'GRID_SCHEDULER_NO_WORKERS',
      'no worker is there to take data; start one, or wait for one',
      {
        details: { workers },
      },
    );
  }
  server.stimulate({ op: 'plan-scatter', client, ids, keys, sizes, workers });
  const rows = Array.from(ids, (id) => {
    const task = client.tasks.get(id);
    return { task, workers: task === undefined ? [] : (state.planned.get(task) ?? membersOf(task.whoHas)) };
  });
  return { op: 'plan-scatter-reply', holders: holderRows(rows) };
}
