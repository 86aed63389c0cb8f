import type { MessageWith } from '@grid/protocol';

import { ReplicateResults } from '../../core/memory-manager/replicate-results.js';
import type { ClientRecord } from '../../core/records.js';
import { SchedulerError } from '../../errors.js';
import { PolicyPlacement } from '../placement/policy-placement.js';
import type { SchedulerContext } from '../scheduler-context.js';
import { chooseWorkers } from './choose-workers.js';
import { tasksInMemory } from './tasks-in-memory.js';

/** Makes copies of a client's results, as many as it wants where it wants them; answered when they are there. */
export async function replicate(
  server: SchedulerContext,
  client: ClientRecord,
  { ids, copies, workers: names, branchingFactor, timeoutMs }: MessageWith<'replicate'>,
): Promise<MessageWith<'replicate-reply'>> {
  if (copies === 0 || branchingFactor === 0)
    throw new SchedulerError('GRID_SCHEDULER_BAD_REQUEST', 'there is no such thing as no copy, or no branch');
  const workers = names === null ? null : chooseWorkers(server.state, names);
  const { tasks, missing } = tasksInMemory(client, ids);
  const goal = Math.min(copies ?? Infinity, (workers ?? server.state.workers).length);
  server.stimulate({ op: 'desire-copies', tasks: [...tasks.keys()], copies: goal });
  const policy = new ReplicateResults({ tasks: tasks.keys(), copies, workers, branchingFactor });
  const placement = new PolicyPlacement(policy, server.now() + timeoutMs);
  server.placements.begin([placement]);
  const reason = await placement.done;
  const failed = new Set([...policy.failed, ...policy.open]);
  for (const [task, id] of tasks) if (failed.has(task)) missing.push(id);
  return { op: 'replicate-reply', missing, reason: reason ?? '' };
}
