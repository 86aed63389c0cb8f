import { durationFlag } from '@grid/app-kit';
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
    ...(idle !== undefined && { idleTimeoutMs: durationFlag('idle-timeout', idle) }),
    ...(unrunnable !== undefined && { noWorkersTimeoutMs: durationFlag('unrunnable-timeout', unrunnable) }),
    ...(clientTtl !== undefined && {
      clientTtlMs: clientTtl === 'false' ? null : durationFlag('client-ttl', clientTtl),
    }),
    ...(workerTtl !== undefined && { workerTtlMs: durationFlag('worker-ttl', workerTtl) }),
    ...(settle !== undefined && { settleMs: durationFlag('settle-timeout', settle) }),
    ...(orphanTtl !== undefined && { orphanGraceMs: durationFlag('orphan-ttl', orphanTtl) }),
  };
}
