import type { MessageWith } from '@grid/protocol';

import { RebalanceResults } from '../../core/memory-manager/rebalance-results.js';
import type { ClientPeer, SchedulerContext } from '../scheduler-context.js';
import { PolicyPlacement } from '../placement/policy-placement.js';
import { chooseWorkers } from './choose-workers.js';
import { tasksInMemory } from './tasks-in-memory.js';

/** Moves results so that workers use about the same memory; answered when that is done. */
export async function rebalance(
  server: SchedulerContext,
  client: ClientPeer,
  { ids, workers: names, timeoutMs }: MessageWith<'rebalance'>,
): Promise<MessageWith<'rebalance-reply'>> {
  const chosen = ids === null ? null : tasksInMemory(client.record, ids);
  const tasks = chosen === null ? null : new Set(chosen.tasks.keys());
  const policy = new RebalanceResults(tasks, names === null ? null : chooseWorkers(server.state, names));
  const placement = new PolicyPlacement(policy, server.now() + timeoutMs);
  server.placements.begin([placement]);
  const reason = await placement.done;
  return { op: 'rebalance-reply', moved: policy.movedCount, missing: chosen?.missing ?? [], reason: reason ?? '' };
}
