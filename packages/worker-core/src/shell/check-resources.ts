import type { Facts } from '@grid/protocol';

import { WorkerError } from '../errors.js';

/** Amounts of resources, checked. */
export function checkResources(resources: Facts): Record<string, number> {
  const amounts: Record<string, number> = {};
  for (const [name, amount] of Object.entries(resources)) {
    if (typeof amount !== 'number' || !(amount >= 0)) {
      throw new WorkerError('GRID_WORKER_BAD_MESSAGE', `a worker cannot have ${JSON.stringify(amount)} of ${name}`);
    }
    amounts[name] = amount;
  }
  return amounts;
}
