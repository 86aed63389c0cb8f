import { runtimeVersions } from '@grid/common/machine';
import { FEATURES, type Facts } from '@grid/protocol';
import type { LocalIdentity } from '@grid/rpc';

import type { WorkerOptions } from '../options.js';
import type { Registration } from './scheduler-link.js';

/** Who a worker is. */
export interface WorkerAbout {
  readonly instanceId: string;
  readonly name: string;
  readonly address: string;
}

/**
 * What a worker tells the scheduler of itself.
 *
 * @param resources - What it has of them now, which may be other than what it was started with.
 */
export function registrationOf(about: WorkerAbout, options: WorkerOptions, resources: Facts): Registration {
  const { threads, memoryLimit, nannyId: nanny = null } = options;
  const versions = { ...runtimeVersions() };
  return { ...about, threads, memoryLimit, pid: process.pid, versions, resources, nanny };
}

/** What a worker says of itself in every handshake. */
export function localIdentityOf(instanceId: string, { name = '' }: WorkerOptions): LocalIdentity {
  return { role: 'worker', instanceId, about: { name }, features: FEATURES };
}

/** What a worker tells people of itself. */
export function identityOf({ instanceId, name, address }: WorkerAbout, options: WorkerOptions): Facts {
  const { schedulerAddress: scheduler, threads, memoryLimit } = options;
  return { type: 'Worker', id: instanceId, name, address, scheduler, threads, memoryLimit, pid: process.pid };
}
