import { membersOf, STATE } from '@grid/scheduler-core/simulation';

import { broken } from '../errors.js';
import type { SimCluster } from '../cluster/sim-cluster.js';
import type { WorldHistory } from './outcome-rules.js';

/**
 * X6: at rest no result has more copies than somebody asked for, if they are looked after; and as long as nothing was lost or given
 * up, none has fewer.
 *
 * @throws `GRID_TESTING_BROKEN_PROMISE` X6
 */
export function checkCopies({ scheduler: { server } }: SimCluster, history: WorldHistory): void {
  const { state, memoryManager } = server;
  const { faults, workerEnds, giveUps, lostValues } = history;
  const isUndisturbed = faults + workerEnds + giveUps + lostValues === 0;
  for (const [, task] of state.tasks.entries()) {
    if (task.state !== STATE.memory) continue;
    const copies = membersOf(task.whoHas).length;
    const desired = Math.min(state.desiredCopies.get(task) ?? 1, state.workers.length);
    const isWrong = (memoryManager.isRunning && copies > desired) || (isUndisturbed && copies < desired);
    if (isWrong) throw broken('X6', `there are ${String(copies)} copies of ${task.key}, not ${String(desired)}`);
  }
}
