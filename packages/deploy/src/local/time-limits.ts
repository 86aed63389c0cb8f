import { parseDuration, type Duration } from '@grid/common';

import type { TimeLimitOptions } from '../process/launch-config.js';

/** How long things may last on a cluster. */
export interface ClusterTimeLimits {
  /** The scheduler closes, and its workers with it, after so long with nothing to do. Default: never. */
  readonly idleTimeout?: Duration;
  /** A task that could run fails if no worker may run it for so long. Default: it waits. */
  readonly noWorkersTimeout?: Duration;
  /** What a client wants is let go if nothing was heard of it for so long; `null`: never. Default: `'10m'`. */
  readonly clientTtl?: Duration | null;
  /** A silent worker is given up after so long; at least ten times the pause between heartbeats. Default: `'5m'`. */
  readonly workerTtl?: Duration;
}

/** What these options mean to the scheduler. */
export function timeLimitsOf(limits: ClusterTimeLimits): TimeLimitOptions {
  const { idleTimeout, noWorkersTimeout, clientTtl, workerTtl } = limits;
  return {
    ...(idleTimeout !== undefined && { idleTimeoutMs: parseDuration(idleTimeout) }),
    ...(noWorkersTimeout !== undefined && { noWorkersTimeoutMs: parseDuration(noWorkersTimeout) }),
    ...(clientTtl !== undefined && { clientTtlMs: clientTtl === null ? null : parseDuration(clientTtl) }),
    ...(workerTtl !== undefined && { workerTtlMs: parseDuration(workerTtl) }),
  };
}
