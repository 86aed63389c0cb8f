import type { NannyLimits } from './nanny-limits.js';

/** The first restart of a series comes at once, and so does each one of a worker that was sound. */
const FREE_RESTARTS = 1;

/** How long to wait before a process is started anew that has ended `deaths` times in a row, in milliseconds. */
export function restartPause(deaths: number, limits: NannyLimits): number {
  if (deaths <= FREE_RESTARTS) return 0;
  const pause = Math.min(limits.pauseMs * 2 ** (deaths - FREE_RESTARTS - 1), limits.pauseMsMax);
  return Math.round(pause * (1 + limits.jitter / 4));
}
