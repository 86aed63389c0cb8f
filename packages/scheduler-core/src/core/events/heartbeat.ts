import type { SchedulerState } from '../scheduler-state.js';
import type { StimulusWith } from '../stimulus.js';

/** A worker lives. */
export function heartbeat(state: SchedulerState, { worker, memory }: StimulusWith<'heartbeat'>): void {
  worker.lastSeenAt = state.cause.at;
  worker.spilledBytes = memory.spilledBytes;
  worker.unmanagedBytes = memory.unmanagedBytes;
}
