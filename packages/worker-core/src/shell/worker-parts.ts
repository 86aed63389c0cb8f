import type { Clock, Logger } from '@grid/common';
import type { SystemMonitor } from '@grid/common/machine';
import type { Transports } from '@grid/comm';
import type { StartPluginThread } from '@grid/plugins';

import type { Executor } from '../executor/executor.js';
import type { DataStore } from '../store/data-store.js';
import type { CoreObserver } from './core-runner.js';

/** What a worker is made of. */
export interface WorkerParts {
  readonly transports: Transports;
  readonly logger: Logger;
  /** @defaultValue the host's */
  readonly clock?: Clock;
  /** Looks at how this process is doing. @defaultValue nobody does */
  readonly monitor?: SystemMonitor;
  /** @defaultValue one that spills to disk if there is a limit to the memory */
  readonly store?: DataStore;
  /** Makes what runs tasks. @defaultValue threads that start with `threadEntry` */
  readonly createExecutor?: (options: { readonly threads: number; readonly root: string }) => Executor;
  /** The built file that a thread starts with. @defaultValue that of this package, where this package is built */
  readonly threadEntry?: URL;
  /** Sees all that happens to the core. @defaultValue nobody */
  readonly observer?: CoreObserver;
  /** Starts the thread of plugins. @defaultValue one that starts with the file of `@grid/plugins`, where that is built */
  readonly startPluginThread?: StartPluginThread;
}
