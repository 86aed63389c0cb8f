import { ACTIVITY } from '../activity.js';
import { hasHolder } from '../gather/holders.js';
import type { LocalTask } from '../local-task.js';
import type { WorkerState } from '../worker-state.js';

/**
 * Whether something keeps a task where it is, by the end of which it will be moved on.
 *
 * @param underWay - all that peers were asked for and have not answered
 */
export function hasReason(state: WorkerState, task: LocalTask, underWay: ReadonlySet<LocalTask>): boolean {
  switch (task.activity) {
    case ACTIVITY.waiting:
      return waitsForSomething(state, task);
    case ACTIVITY.ready:
      return task.resources === null ? state.ready.values()[task.heapIndex] === task : state.resources.size > 0;
    case ACTIVITY.fetch:
      return hasHolder(state, task) && isOffered(state, task);
    case ACTIVITY.flight:
      return underWay.has(task);
    case ACTIVITY.missing:
      return state.missing.has(task);
    case ACTIVITY.memory:
      return task.isHeld || task.isWanted;
    case ACTIVITY.released:
      return false;
    default:
      // A thread has it, which the executor answers for.
      return true;
  }
}

/** As many inputs are missing as it counts, and each of them is known here. */
function waitsForSomething(state: WorkerState, task: LocalTask): boolean {
  let missing = 0;
  for (const input of task.dependencies) {
    if (input.activity === ACTIVITY.memory) continue;
    if (state.tasks.get(input.taskId) !== input) return false;
    missing += 1;
  }
  return missing > 0 && missing === task.missingCount;
}

/** Some peer that has it will be asked, or is just being asked for something else. */
function isOffered(state: WorkerState, task: LocalTask): boolean {
  return (task.holders ?? []).some((workerId) => {
    const peer = state.peers.get(workerId);
    return peer !== undefined && state.peersInNeed.has(peer);
  });
}
