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
}

/** What these options mean to the scheduler. */
export function timeLimitsOf({ idleTimeout, noWorkersTimeout, clientTtl }: ClusterTimeLimits): TimeLimitOptions {
  return {
    ...(idleTimeout !== undefined && { idleTimeoutMs: parseDuration(idleTimeout) }),
    ...(noWorkersTimeout !== undefined && { noWorkersTimeoutMs: parseDuration(noWorkersTimeout) }),
    ...(clientTtl !== undefined && { clientTtlMs: clientTtl === null ? null : parseDuration(clientTtl) }),
  };
}
