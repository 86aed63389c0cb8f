import { executorOf, type OptionNames } from '@grid/common';
import { SET_RESOURCES_FEATURE } from '@grid/protocol';

import { badArgument, badOption, checkOptionNames, checkWorkers } from '../check-arguments.js';
import type { ClientParts } from '../client-parts.js';
import { ClientError } from '../errors.js';

/** Which workers are meant. */
export interface SetResourcesOptions {
  /** Addresses, names or hosts. Default: all that are there. */
  readonly workers?: string | readonly string[];
}

const OPTIONS: OptionNames<SetResourcesOptions> = { workers: true };

/** Changes what workers have of abstract resources; the addresses of those workers. */
export async function setResources(
  parts: ClientParts,
  resources: Readonly<Record<string, number>>,
  options: SetResourcesOptions,
): Promise<string[]> {
  parts.assertOpen('setResources');
  checkOptionNames(options, OPTIONS);
  if (typeof resources !== 'object' || (resources as unknown) === null) {
    throw badArgument('resources are amounts by name, as in `setResources({ GPU: 2 })`', resources);
  }
  for (const [name, amount] of Object.entries(resources)) {
    if (!Number.isFinite(amount) || amount < 0) throw badOption(`resources.${name}`, amount, 'a number from 0 on');
    if (executorOf(name) !== null) throw badOption(`resources.${name}`, amount, 'left to the start of the worker');
  }
  if (!(await parts.requests.features()).includes(SET_RESOURCES_FEATURE)) {
    throw new ClientError(
      'GRID_CLIENT_UNSUPPORTED',
      'the scheduler is of a version that changes no resources; upgrade it',
    );
  }
  parts.outbox.closeBatch();
  const names = checkWorkers(options.workers ?? []);
  const reply = await parts.requests.request({ op: 'set-resources', workers: names, resources });
  return [...reply.workers];
}
