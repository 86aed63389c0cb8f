import { invariant } from '@grid/common';

import { ACTIVITY, DERIVED } from '../activity.js';
import type { WorkerEffects } from '../effects.js';
import type { FailurePart } from '../failure-part.js';
import { hasHolder, removeHolder } from '../gather/holders.js';
import { stateIndexOf, type LocalTask } from '../local-task.js';
import type { PeerRecord } from '../peer-record.js';
import type { GatherBusy, GatherFailure, GatherNetworkFailure, GatherSuccess, RetryBusyPeer } from '../stimulus.js';
import { detach } from '../transitions/reconsider.js';
import { settle } from '../transitions/settle.js';
import { NOT_RUN, toMemory } from '../transitions/to-memory.js';
import { noteStep } from '../transitions/note-step.js';
import type { WorkerState } from '../worker-state.js';

/** Partial answers are normal: what the peer did not send, it has given up since the scheduler named it. */
export function onGatherSuccess(state: WorkerState, stimulus: GatherSuccess, out: WorkerEffects): void {
  const { peer, tasks } = endGather(state, stimulus.workerId);
  for (const task of tasks) {
    // Its value came by another way and was freed again, all while this transfer was under way.
    if (!isAwaited(state.tasks.get(task.taskId))) out.dropData(task);
  }
  stimulus.taskIds.forEach((taskId, row) => {
    const task = state.tasks.get(taskId);
    // The shell lets nothing through that this peer was not asked for, and no task is asked of two at once.
    if (task?.activity === ACTIVITY.flight) {
      onReceived(state, task, { nbytes: stimulus.sizes[row] as number, key: stimulus.keys[row] as string, out });
    }
  });
  for (const task of tasks) {
    if (task.activity !== ACTIVITY.flight) continue;
    removeHolder(task, peer.workerId);
    if (task.isWanted && state.peers.has(peer.workerId)) out.missingData(task, peer.workerId);
    leaveFlight(state, task, out);
  }
}

function onReceived(
  state: WorkerState,
  task: LocalTask,
  { nbytes, key, out }: { nbytes: number; key: string; out: WorkerEffects },
): void {
  const from = stateIndexOf(task);
  task.nameIt(key);
  task.nbytes = nbytes;
  if (task.isWanted) {
    toMemory(state, task, NOT_RUN, out);
    noteStep(state, task, from);
  } else {
    out.dropData(task);
    settle(state, task, from, out);
  }
}

export function onGatherBusy(state: WorkerState, stimulus: GatherBusy, out: WorkerEffects): void {
  const { peer, tasks } = endGather(state, stimulus.workerId);
  if (state.peers.get(peer.workerId) === peer) {
    peer.isBusy = true;
    out.retryBusyLater(peer, stimulus.at + state.options.busyRetryMs);
  }
  for (const task of tasks) {
    if (task.activity !== ACTIVITY.flight) continue;
    leaveFlight(state, task, out);
    if (isToBeFetched(task) && allBusy(state, task)) out.requestRefresh(task);
  }
}

export function onRetryBusyPeer(state: WorkerState, stimulus: RetryBusyPeer): void {
  const peer = state.peers.get(stimulus.workerId);
  if (peer !== undefined) peer.isBusy = false;
}

/**
 * The peer is taken for dead for everything that it was said to have. If it lives and the scheduler names it again, it
 * is asked again.
 */
export function onGatherNetworkFailure(state: WorkerState, stimulus: GatherNetworkFailure, out: WorkerEffects): void {
  const { peer, tasks } = endGather(state, stimulus.workerId);
  loseHolder(state, peer, out);
  for (const task of tasks) {
    if (task.activity !== ACTIVITY.flight) continue;
    removeHolder(task, peer.workerId);
    leaveFlight(state, task, out);
  }
}

/** Nothing that was to be fetched from this peer can be. */
export function loseHolder(state: WorkerState, peer: PeerRecord, out: WorkerEffects): void {
  state.peersInNeed.delete(peer);
  for (const task of peer.needed.drain()) {
    if (task.activity !== ACTIVITY.fetch) continue;
    removeHolder(task, peer.workerId);
    if (hasHolder(state, task)) continue;
    task.activity = ACTIVITY.missing;
    state.missing.add(task);
    out.requestRefresh(task);
    noteStep(state, task, ACTIVITY.fetch);
  }
}

/** Asking again would not help: those who wait for it fail of it, and the scheduler knows what to do about that. */
export function onGatherFailure(state: WorkerState, stimulus: GatherFailure, out: WorkerEffects): void {
  const { tasks } = endGather(state, stimulus.workerId);
  for (const task of tasks) {
    if (task.activity !== ACTIVITY.flight) continue;
    for (const dependent of [...(task.waiting ?? [])]) {
      if (dependent.activity === ACTIVITY.waiting) fail(state, dependent, stimulus.failure, out);
    }
    if (task.isReplicaWanted) {
      task.isReplicaWanted = false;
      out.releaseData(task);
    }
    leaveFlight(state, task, out);
  }
}

function fail(state: WorkerState, task: LocalTask, failure: FailurePart, out: WorkerEffects): void {
  out.taskErred(task, failure, 0, 0);
  task.isComputeWanted = false;
  detach(state, task, out);
  state.story.add(task, ACTIVITY.waiting, DERIVED.error);
  settle(state, task, DERIVED.error, out);
}

function leaveFlight(state: WorkerState, task: LocalTask, out: WorkerEffects): void {
  const from = stateIndexOf(task);
  settle(state, task, from, out);
}

function endGather(state: WorkerState, workerId: number): { peer: PeerRecord; tasks: readonly LocalTask[] } {
  const peer = state.gathering.get(workerId);
  invariant(peer !== undefined && peer.inFlight !== null, `worker ${String(workerId)} answered what it was not asked`);
  const tasks = peer.inFlight;
  state.gathering.delete(workerId);
  peer.inFlight = null;
  state.incomingBytes -= peer.inFlightBytes;
  return { peer, tasks };
}

function isAwaited(task: LocalTask | undefined): boolean {
  return task !== undefined && (task.activity === ACTIVITY.flight || task.activity === ACTIVITY.memory);
}

function isToBeFetched(task: LocalTask): boolean {
  return task.activity === ACTIVITY.fetch;
}

function allBusy(state: WorkerState, task: LocalTask): boolean {
  return task.holders?.every((workerId) => state.peers.get(workerId)?.isBusy !== false) !== false;
}
