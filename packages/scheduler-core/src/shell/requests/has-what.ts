import { textColumn, type MessageWith } from '@grid/protocol';

import { isNamed } from '../../core/placement/restrictions.js';
import type { SchedulerState } from '../../core/scheduler-state.js';

/** The keys that workers hold. */
export function hasWhat(state: SchedulerState, names: readonly string[]): MessageWith<'has-what-reply'> {
  const workers = state.workers
    .filter((worker) => names.length === 0 || isNamed(worker, names))
    .map((worker) => ({
      worker: worker.about.address,
      keys: textColumn([...worker.held, ...worker.replicas].map(({ key }) => key)),
    }));
  return { op: 'has-what-reply', workers };
}
