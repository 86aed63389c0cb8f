import type { Logger } from '@grid/common';
import { killWorker, npmInstall, pluginThreadStarter, type StartPluginThread } from '@grid/plugins';

import type { Story } from '../core/story.js';
import type { PluginsOfThreads } from '../executor/executor.js';
import type { WorkerOptions } from '../options.js';
import { WorkerPlugins } from './worker-plugins.js';

/** What a worker has for its plugins. */
export interface WorkerPluginPlace {
  readonly logger: Logger;
  /** @defaultValue one that starts with the file of `@grid/plugins`, where that is built */
  readonly startPluginThread?: StartPluginThread;
  /** Those of the threads for tasks. */
  readonly plugins: PluginsOfThreads;
  readonly story: Story;
  readonly root: string;
}

/** A worker, as its plugins need it. */
export interface PluggedWorker {
  readonly address: string;
  readonly name: string;
  closeGracefully(reason: string, timeoutMs: number): Promise<void>;
}

/** Milliseconds for a worker that is told to leave by a plugin to have its results moved. */
const LEAVE_TIMEOUT_MS = 30_000;

/** The plugins of a worker, with those that every worker has. */
export function createWorkerPlugins(
  worker: PluggedWorker,
  { nannyId = null, schedulerAddress }: WorkerOptions,
  place: WorkerPluginPlace,
): WorkerPlugins {
  const { logger, startPluginThread: startThread = pluginThreadStarter(), plugins: threads, story, root } = place;
  return new WorkerPlugins({
    logger,
    startThread,
    threads,
    story,
    root,
    builtIns: {
      'npm-install': npmInstall(root, logger),
      'kill-worker': killWorker({
        hasNanny: nannyId !== null,
        logger,
        leave: (reason) => void worker.closeGracefully(reason, LEAVE_TIMEOUT_MS),
      }),
    },
    describe: () => ({ address: worker.address, name: worker.name, schedulerAddress }),
  });
}
