import { parseDuration, type Duration } from '@grid/common';

import { BUILT_IN, type BuiltInMark } from '../built-in-mark.js';
import type { WorkerPlugin } from '../plugin-types.js';

/** How {@link KillWorker} goes about it. */
export interface KillWorkerOptions {
  /** After how long, on average. Default: `'100s'`. */
  readonly delay?: Duration;
  /**
   * `exit`: its process exits. `kill`: its process is killed. `graceful`: it leaves in order, its results moved before.
   * Default: `exit`.
   */
  readonly mode?: 'graceful' | 'exit' | 'kill';
}

/**
 * Ends workers after times by chance, again and again as nannies start others: to see how a program takes that.
 *
 * @source dask.distributed `KillWorker`.
 */
export class KillWorker implements WorkerPlugin {
  readonly kind = 'worker';
  readonly name = 'kill-worker';
  readonly per = 'worker';
  /** @internal */
  readonly [BUILT_IN]: BuiltInMark;

  constructor({ delay = '100s', mode = 'exit' }: KillWorkerOptions = {}) {
    this[BUILT_IN] = { name: 'kill-worker', options: { delayMs: parseDuration(delay), mode } };
  }
}
