import type { MessageWith } from '@grid/protocol';

import { stateOf, type LocalTask } from '../../core/local-task.js';
import type { WorkerState } from '../../core/worker-state.js';

/** One page of a worker's state. */
export function dumpState(
  state: WorkerState,
  address: string,
  { part, after, count }: MessageWith<'dump-state'>,
): MessageWith<'dump-state-reply'> {
  if (part === 'about') return page([{ record: 'worker', server: address, ...describe(state) }], null);
  const all =
    part === 'tasks'
      ? [...state.tasks.values()].slice(after, after + count).map((task) => describeTask(task, address))
      : state.story
          .rows()
          .slice(after, after + count)
          .map((row) => ({ record: 'step', server: address, ...row }));
  return page(all, all.length < count ? null : after + count);
}

function describe(state: WorkerState): object {
  return {
    workerId: state.selfId,
    options: state.options,
    isPaused: state.isPaused,
    tasks: state.tasks.size,
    ready: state.ready.size,
    constrained: state.resources.size,
    active: state.activeCount,
    suspended: state.suspendedCount,
    overdue: state.overdueCount,
    longRunning: state.longRunningCount,
    missing: state.missing.size,
    incomingBytes: state.incomingBytes,
    expectedBytes: state.expectedBytes,
    residentBytes: state.memory.residentBytes,
    peers: Array.from(state.peers.values(), (peer) => ({
      workerId: peer.workerId,
      address: peer.address,
      isBusy: peer.isBusy,
      inFlight: peer.inFlight?.length ?? 0,
    })),
  };
}

function describeTask(task: LocalTask, address: string): object {
  return {
    record: 'task',
    server: address,
    key: task.key,
    id: task.taskId,
    state: stateOf(task),
    runId: task.runId,
    isComputeWanted: task.isComputeWanted,
    isHeld: task.isHeld,
    waiterCount: task.waiterCount,
    missingCount: task.missingCount,
    dependencies: task.dependencies.map(({ key }) => key),
    holders: task.holders ?? [],
    nbytes: task.nbytes,
  };
}

function page(rows: readonly object[], next: number | null): MessageWith<'dump-state-reply'> {
  const lines = new TextEncoder().encode(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return { op: 'dump-state-reply', lines, next };
}
