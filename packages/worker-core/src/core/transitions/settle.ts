import { ACTIVITY } from '../activity.js';
import type { WorkerEffects } from '../effects.js';
import type { LocalTask } from '../local-task.js';
import { becomeReady } from '../ready/ready-tasks.js';
import type { WorkerState } from '../worker-state.js';
import { noteStep } from './note-step.js';

/**
 * Finds the place of a task about which nothing is being done: to be computed, to be fetched, or of no use.
 *
 * @param from - the state it comes from, for the story
 */
export function settle(state: WorkerState, task: LocalTask, from: number, out: WorkerEffects): void {
  if (task.isComputeWanted) {
    if (task.missingCount > 0) {
      task.activity = ACTIVITY.waiting;
    } else {
      becomeReady(state, task);
    }
  } else if (task.isWanted) {
    toFetch(state, task, out);
  } else {
    forget(state, task);
  }
  noteStep(state, task, from);
}

function toFetch(state: WorkerState, task: LocalTask, out: WorkerEffects): void {
  if (!offerToHolders(state, task)) {
    task.activity = ACTIVITY.missing;
    state.missing.add(task);
    out.requestRefresh(task);
    return;
  }
  task.activity = ACTIVITY.fetch;
}

/** Puts `task` into the heap of each holder that is there; `false` if there is none. */
export function offerToHolders(state: WorkerState, task: LocalTask): boolean {
  let isOffered = false;
  if (task.holders === null) return false;
  for (const workerId of task.holders) {
    const peer = state.peers.get(workerId);
    // Holders are hints of the past; some have left since.
    if (peer === undefined) continue;
    peer.needed.push(task);
    state.peersInNeed.add(peer);
    isOffered = true;
  }
  return isOffered;
}

function forget(state: WorkerState, task: LocalTask): void {
  task.activity = ACTIVITY.forgotten;
  // The story may remember it for a while; its arguments need not live as long.
  task.undefine();
  task.holders = null;
  state.tasks.delete(task.taskId);
}
