import type { Logger } from '@grid/common';

import type { DataStore } from '../store/data-store.js';
import type { CoreRunner } from './core-runner.js';
import type { WorkerEvents } from './worker-events.js';

/** Has the core, the log and the cluster hear of what the store does by itself. */
export function listenToStore(
  store: DataStore,
  { runner, events, logger }: { readonly runner: CoreRunner; readonly events: WorkerEvents; readonly logger: Logger },
): void {
  store.listen({
    ...runner.storeEvents(),
    onDiskChange: (state, problem) => {
      logger[state === 'ok' ? 'info' : 'warn']({ state, problem }, 'the disk for results that do not fit into memory');
      events.tell('disk', { state, problem });
    },
  });
}
