import { ACTIVITY } from '../activity.js';
import type { WorkerEffects } from '../effects.js';
import type { LocalTask } from '../local-task.js';
import { noteStep } from '../transitions/note-step.js';
import type { WorkerState } from '../worker-state.js';

/** Learns that a worker is said to have a copy of `task`. The hint may be stale, and name workers that have left. */
export function addHolder(state: WorkerState, task: LocalTask, workerId: number, out: WorkerEffects): void {
  if (workerId === state.selfId) {
    // The scheduler counts on a copy that is not here: it let go of it in the same moment, or the copy was lost.
    if (!task.isExecuting) out.missingData(task, workerId);
    return;
  }
  const peer = state.peers.get(workerId);
  if (peer === undefined) return;
  if (task.holders === null) task.holders = [workerId];
  else if (task.holders.includes(workerId)) return;
  else task.holders.push(workerId);
  if (task.activity !== ACTIVITY.fetch && task.activity !== ACTIVITY.missing) return;
  peer.needed.push(task);
  state.peersInNeed.add(peer);
  if (task.activity === ACTIVITY.missing) {
    state.missing.delete(task);
    task.activity = ACTIVITY.fetch;
    noteStep(state, task, ACTIVITY.missing);
  }
}

/** Learns that a worker has no copy. */
export function removeHolder(task: LocalTask, workerId: number): void {
  if (task.holders === null) return;
  const index = task.holders.indexOf(workerId);
  if (index < 0) return;
  task.holders.splice(index, 1);
  if (task.holders.length === 0) task.holders = null;
}

/** Whether a worker that is in the cluster is said to have a copy. */
export function hasHolder(state: WorkerState, task: LocalTask): boolean {
  return task.holders?.some((workerId) => state.peers.has(workerId)) === true;
}
