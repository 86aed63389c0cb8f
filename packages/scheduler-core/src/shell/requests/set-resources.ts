import { SET_RESOURCES_FEATURE, type Facts, type MessageWith } from '@grid/protocol';

import { SchedulerError } from '../../errors.js';
import type { SchedulerContext } from '../scheduler-context.js';
import { chooseWorkers } from './choose-workers.js';

/** Changes what workers have of resources: tells them first, since tasks that count on it may follow at once. */
export function setResources(
  server: SchedulerContext,
  { workers: names, resources }: MessageWith<'set-resources'>,
): MessageWith<'set-resources-reply'> {
  const amounts = amountsOf(resources);
  const chosen = new Set(names.length === 0 ? server.state.workers : chooseWorkers(server.state, names));
  const peers = [...server.workerPeers].filter(({ record }) => record !== null && chosen.has(record));
  for (const { link, record } of peers) {
    if (link.peer.features.includes(SET_RESOURCES_FEATURE)) continue;
    const address = record?.about.address ?? '';
    throw new SchedulerError(
      'GRID_SCHEDULER_BAD_REQUEST',
      `worker ${address} is of a version whose resources cannot be changed while it runs; upgrade it`,
      { details: { worker: address } },
    );
  }
  const told: string[] = [];
  for (const { link, record } of peers) {
    if (record === null || link.isClosed) continue;
    link.send({ op: 'set-worker-resources', resources });
    server.stimulate({ op: 'set-resources', worker: record, resources: amounts });
    told.push(record.about.address);
  }
  return { op: 'set-resources-reply', workers: told };
}

/**
 * Resources as they travel, by name.
 *
 * @throws {@link SchedulerError} `GRID_SCHEDULER_BAD_REQUEST` for an amount that is none.
 */
export function amountsOf(resources: Facts): Map<string, number> {
  const amounts = new Map<string, number>();
  for (const [name, amount] of Object.entries(resources)) {
    if (typeof amount !== 'number' || !(amount >= 0))
      throw new SchedulerError(
        'GRID_SCHEDULER_BAD_REQUEST',
        `a worker cannot have ${JSON.stringify(amount)} of ${name}`,
      );
    amounts.set(name, amount);
  }
  return amounts;
}
