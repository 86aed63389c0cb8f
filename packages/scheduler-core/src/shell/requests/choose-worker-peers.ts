import { isNamed } from '../../core/placement/restrictions.js';
import { SchedulerError } from '../../errors.js';
import type { SchedulerContext, WorkerPeer } from '../scheduler-context.js';

/**
 * The workers with these names, addresses or hosts; all if none are given.
 *
 * @throws {@link SchedulerError} `GRID_SCHEDULER_UNKNOWN_WORKER`
 */
export function chooseWorkerPeers(server: SchedulerContext, names: readonly string[]): WorkerPeer[] {
  const peers = [...server.workerPeers].filter(({ record }) => record !== null);
  if (names.length === 0) return peers;
  for (const name of names) {
    if (peers.some(({ record }) => record !== null && isNamed(record, [name]))) continue;
    throw new SchedulerError('GRID_SCHEDULER_UNKNOWN_WORKER', `there is no worker named or at ${name}`, {
      details: { worker: name },
    });
  }
  return peers.filter(({ record }) => record !== null && isNamed(record, names));
}
