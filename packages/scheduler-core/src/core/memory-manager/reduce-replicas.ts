import type { MemoryPolicy, MemoryRound } from './memory-policy.js';

/**
 * Drops copies that nobody needs: those beyond what somebody asked for, and beyond one for each worker on which tasks need
 * the result. They are left over from tasks that fetched what they needed.
 *
 * @source dask.distributed `ReduceReplicas`, which takes copies away as well that the user asked for.
 */
export class ReduceReplicas implements MemoryPolicy {
  readonly name = 'ReduceReplicas';

  run(round: MemoryRound): void {
    for (const task of round.replicatedTasks()) {
      const copies = round.copyCount(task);
      const kept = Math.max(round.desiredCopies(task), round.demandFor(task, copies));
      for (let excess = copies - kept; excess > 0; excess -= 1) if (round.drop(task) === null) break;
    }
  }
}
