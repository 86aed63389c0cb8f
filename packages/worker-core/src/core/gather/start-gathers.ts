import { ACTIVITY } from '../activity.js';
import type { WorkerEffects } from '../effects.js';
import { runsBefore, stateIndexOf, type LocalTask } from '../local-task.js';
import type { PeerRecord } from '../peer-record.js';
import { isMemoryShort } from '../ready/fits-memory.js';
import { noteStep } from '../transitions/note-step.js';
import type { WorkerState } from '../worker-state.js';

/**
 * Asks peers for what is to be fetched: one request a peer at a time, the most urgent task first, and along with it as
 * many of that peer's as the limits allow.
 */
export function startGathers(state: WorkerState, out: WorkerEffects): void {
  if (state.peersInNeed.size === 0 || state.isPaused || isMemoryShort(state)) return;
  while (state.gathering.size < state.options.gatherPeersMax) {
    const peer = bestPeer(state);
    if (peer === undefined) return;
    const tasks = selectTasks(state, peer);
    // Enough is under way; the end of any of it brings us back here.
    if (tasks.length === 0) return;
    peer.inFlight = tasks;
    state.gathering.set(peer.workerId, peer);
    out.gather(peer, tasks);
  }
}

function bestPeer(state: WorkerState): PeerRecord | undefined {
  let best: PeerRecord | undefined;
  let bestHead: LocalTask | undefined;
  for (const peer of state.peersInNeed) {
    if (peer.isBusy || peer.inFlight !== null) continue;
    const head = headOf(peer);
    if (head === undefined) {
      state.peersInNeed.delete(peer);
      continue;
    }
    // Of two that could send the same task, the one with more to send.
    if (
      bestHead === undefined ||
      runsBefore(head, bestHead) ||
      (head === bestHead && peer.needed.size > (best as PeerRecord).needed.size)
    ) {
      best = peer;
      bestHead = head;
    }
  }
  return best;
}

/** The most urgent task of this peer that is still to be fetched. */
function headOf(peer: PeerRecord): LocalTask | undefined {
  for (let task = peer.needed.peek(); task !== undefined; task = peer.needed.peek()) {
    if (task.activity === ACTIVITY.fetch && task.holders?.includes(peer.workerId) === true) return task;
    peer.needed.pop();
  }
  return undefined;
}

function selectTasks(state: WorkerState, peer: PeerRecord): readonly LocalTask[] {
  const { gatherBytesMax, incomingBytesMax } = state.options;
  const tasks: LocalTask[] = [];
  let total = 0;
  for (let task = headOf(peer); task !== undefined; task = headOf(peer)) {
    // The first goes in any case, or a large one would never go.
    if (tasks.length > 0 && total + task.nbytes > gatherBytesMax) break;
    if (state.incomingBytes > 0 && state.incomingBytes + task.nbytes > incomingBytesMax) break;
    const from = stateIndexOf(task);
    task.activity = ACTIVITY.flight;
    noteStep(state, task, from);
    total += task.nbytes;
    state.incomingBytes += task.nbytes;
    tasks.push(task);
  }
  peer.inFlightBytes = total;
  return tasks;
}
