import { ACTIVITY } from '../activity.js';
import type { WorkerEffects } from '../effects.js';
import { stateIndexOf } from '../local-task.js';
import { reconsider } from '../transitions/reconsider.js';
import type { WorkerState } from '../worker-state.js';

/**
 * The scheduler is gone. What is here is kept, and what runs goes on: another scheduler may take its place. What was only
 * planned is given up, since whoever comes next plans anew; and peers are known by numbers that the former one gave, as this
 * worker is.
 *
 * Transfers that are under way end by themselves; only then may peers be made known that have numbers of another scheduler.
 */
export function onLoseScheduler(state: WorkerState, out: WorkerEffects): void {
  for (const task of [...state.tasks.values()]) {
    if (task.activity === ACTIVITY.forgotten) continue;
    // What was told to stop may lack what it would need to run again.
    if (task.isExecuting && task.isComputeWanted && !task.isStopping) {
      task.isReplicaWanted = false;
      task.leaveSpan();
      continue;
    }
    const from = stateIndexOf(task);
    task.isComputeWanted = false;
    task.isReplicaWanted = false;
    reconsider(state, task, from, out);
  }
  state.selfId = -1;
  state.peers.clear();
  state.gone.clear();
  state.peersInNeed.clear();
  // The next one gives numbers of its own, and never says that these can go. What runs keeps what it has learned.
  state.functions.clear();
}
