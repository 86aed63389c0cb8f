import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

import { cgroupFile } from './cgroup.js';

/** How many threads can really run at once here: the host's cores, bounded by the container's share of them. */
export function cpuCount(): number {
  return Math.max(1, Math.min(availableParallelism(), cgroupCpus()));
}

/** Cores that the control group grants; `Infinity` without a bound. */
function cgroupCpus(): number {
  const unified = cgroupFile('cpu.max');
  if (unified !== undefined) return quotaOf(...(unified.split(' ') as [string, string?]));
  const quota = readOr('/sys/fs/cgroup/cpu/cpu.cfs_quota_us');
  const period = readOr('/sys/fs/cgroup/cpu/cpu.cfs_period_us');
  return quota === undefined ? Infinity : quotaOf(quota, period);
}

function quotaOf(quota: string, period = '100000'): number {
  const share = Number(quota) / Number(period);
  // `max` and -1 say that there is no quota. A share of 1.5 cores keeps two threads busy for most of the time.
  return share > 0 ? Math.ceil(share) : Infinity;
}

function readOr(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    // Hosts without control groups, and systems that are not Linux, have no such file.
    return undefined;
  }
}
