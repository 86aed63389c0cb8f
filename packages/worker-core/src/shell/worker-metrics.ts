import type { Facts } from '@grid/protocol';

import type { TaskStateName } from '../core/activity.js';
import type { WorkerState } from '../core/worker-state.js';
import type { MemoryBreakdown } from '../memory/memory-breakdown.js';
import type { DataStore } from '../store/data-store.js';

/** How many tasks are in which state, by the counters that the core keeps anyway: a worker may know of millions. */
export function countTasks(state: WorkerState, store: DataStore): Partial<Record<TaskStateName, number>> {
  const executing = state.activeCount + state.suspendedCount + state.overdueCount;
  let flight = 0;
  for (const peer of state.gathering.values()) flight += peer.inFlight?.length ?? 0;
  const others = state.ready.size + executing + state.longRunningCount + flight + state.missing.size + store.count;
  return {
    ready: state.ready.size,
    executing,
    'long-running': state.longRunningCount,
    flight,
    missing: state.missing.size,
    memory: store.count,
    // What waits for data, and the data that it waits for and that nobody has been asked for yet.
    waiting: Math.max(0, state.tasks.size - others),
  };
}

/** What a worker tells about itself with each heartbeat. */
export class WorkerMetrics {
  #cpu = process.cpuUsage();
  #at = performance.now();

  /** @param outgoing - peers that are being sent something */
  collect(state: WorkerState, store: DataStore, outgoing: number, memory: MemoryBreakdown): Facts {
    const now = performance.now();
    const used = process.cpuUsage(this.#cpu);
    // Of one core; a worker with several threads may go above 100.
    const cpu = ((used.user + used.system) / 1000 / Math.max(1, now - this.#at)) * 100;
    this.#cpu = process.cpuUsage();
    this.#at = now;
    return {
      cpu: Math.round(cpu * 10) / 10,
      memory: memory.process,
      memoryBreakdown: { ...memory },
      tasks: countTasks(state, store),
      incoming: state.gathering.size,
      outgoing,
    };
  }
}
