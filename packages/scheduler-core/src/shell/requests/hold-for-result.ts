import type { MessageWith } from '@grid/protocol';

import { SchedulerError } from '../../errors.js';
import type { ClientPeer, SchedulerContext } from '../scheduler-context.js';

/** Keeps what futures stand for that a result will have in it. */
export function holdForResult(
  server: SchedulerContext,
  { record: client }: ClientPeer,
  { taskId, ids }: MessageWith<'hold-for-result'>,
): MessageWith<'hold-for-result-reply'> {
  for (const id of Array.from(ids)) {
    if (client.tasks.get(id) !== undefined) continue;
    throw new SchedulerError(
      'GRID_SCHEDULER_BAD_REQUEST',
      'a future in the result was cancelled; return none that is',
      { details: { taskId, id } },
    );
  }
  server.stimulate({ op: 'hold-for-result', client, taskId, ids });
  return { op: 'hold-for-result-reply' };
}
