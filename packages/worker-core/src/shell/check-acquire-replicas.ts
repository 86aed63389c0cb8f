import type { MessageWith } from '@grid/protocol';

import { WorkerError } from '../errors.js';

/**
 * Checks that the columns of a message fit together, so that nothing in it can break an invariant of the core.
 *
 * @throws {@link WorkerError} `GRID_WORKER_BAD_MESSAGE`.
 */
export function checkAcquireReplicas({ taskIds, sizes, holders }: MessageWith<'acquire-replicas'>): void {
  if (sizes.length !== taskIds.length || holders.ends.length !== taskIds.length) throw bad('columns differ in length');
  let before = 0;
  for (let row = 0; row < holders.ends.length; row += 1) {
    const end = holders.ends[row] as number;
    if (end < before || end > holders.ids.length) throw bad('the ends of holders are not in order');
    before = end;
  }
}

function bad(problem: string): WorkerError {
  return new WorkerError('GRID_WORKER_BAD_MESSAGE', `an acquire-replicas message does not fit together: ${problem}`);
}
