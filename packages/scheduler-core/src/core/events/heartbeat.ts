import type { SchedulerState } from '../scheduler-state.js';
import type { StimulusWith } from '../stimulus.js';

/**
 * A worker lives, and tells how it stands. What it has measured of the network counts as much as it is a part of the cluster.
 *
 * @source dask.distributed `Scheduler.heartbeat_worker`
 */
export function heartbeat(state: SchedulerState, { worker, memory, bandwidth }: StimulusWith<'heartbeat'>): void {
  worker.lastSeenAt = state.cause.at;
  worker.spilledBytes = memory.spilledBytes;
  worker.unmanagedBytes = memory.unmanagedBytes;
  if (bandwidth > 0) {
    const weight = 1 / Math.max(1, state.workers.length);
    state.bandwidth += (bandwidth - state.bandwidth) * weight;
  }
}
