import { textColumn, type MessageWith } from '@grid/protocol';

import { isNamed } from '../../core/placement/restrictions.js';
import type { SchedulerState } from '../../core/scheduler-state.js';

/** The keys that workers were given to compute. */
export function processing(state: SchedulerState, names: readonly string[]): MessageWith<'processing-reply'> {
  const workers = state.workers
    .filter((worker) => names.length === 0 || isNamed(worker, names))
    .map((worker) => ({
      worker: worker.about.address,
      keys: textColumn(worker.processing.map(({ key }) => key)),
    }));
  return { op: 'processing-reply', workers };
}
