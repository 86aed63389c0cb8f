import { parseDuration } from '@grid/common';
import type { SchedulerOptions } from '@grid/scheduler-core';

import type { SchedulerArguments } from './options.js';

type TimeLimits = Pick<
  SchedulerOptions,
  'idleTimeoutMs' | 'noWorkersTimeoutMs' | 'clientTtlMs' | 'workerTtlMs' | 'settleMs' | 'orphanGraceMs'
>;

/** What the flags mean of how long things may last. */
export function timeLimitsOf(args: SchedulerArguments): TimeLimits {
  const { 'idle-timeout': idle, 'unrunnable-timeout': unrunnable } = args;
  const { 'client-ttl': clientTtl, 'worker-ttl': workerTtl } = args;
  const { 'settle-timeout': settle, 'orphan-ttl': orphanTtl } = args;
  return {
    ...(idle !== undefined && { idleTimeoutMs: parseDuration(idle) }),
    ...(unrunnable !== undefined && { noWorkersTimeoutMs: parseDuration(unrunnable) }),
    ...(clientTtl !== undefined && { clientTtlMs: clientTtl === 'false' ? null : parseDuration(clientTtl) }),
    ...(workerTtl !== undefined && { workerTtlMs: parseDuration(workerTtl) }),
    ...(settle !== undefined && { settleMs: parseDuration(settle) }),
    ...(orphanTtl !== undefined && { orphanGraceMs: parseDuration(orphanTtl) }),
  };
}
