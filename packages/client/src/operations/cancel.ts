import { isGridError, type OptionNames } from '@grid/common';

import { checkOptionNames } from '../check-arguments.js';
import type { ClientParts } from '../client-parts.js';
import type { Future } from '../future.js';

/** How tasks are given up. */
export interface CancelOptions {
  /** Stands in the errors of whoever waits. */
  readonly reason?: string;
  /** Also when other clients want them. @defaultValue false */
  readonly force?: boolean;
}

const OPTIONS: OptionNames<CancelOptions> = { reason: true, force: true };

/** Gives tasks up, and waits until this client knows what else went with them. */
export async function cancel(
  parts: ClientParts,
  futures: readonly Future<unknown>[],
  options: CancelOptions,
): Promise<void> {
  parts.assertOpen('cancel');
  checkOptionNames(options, OPTIONS);
  const { reason = 'cancelled by this client', force = false } = options;
  parts.futures.cancel(parts.futures.requireAll(futures), reason, force);
  try {
    // The answer comes behind all that the cancel made the scheduler say.
    await parts.requests.request({ op: 'task-states', ids: [] });
  } catch (error) {
    // Whoever loses the scheduler has nothing left that could be cancelled.
    if (!isGridError(error, 'GRID_CLIENT_SCHEDULER_LOST') && !isGridError(error, 'GRID_CLIENT_CLOSED')) throw error;
  }
}
