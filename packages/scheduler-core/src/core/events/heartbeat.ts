import type { SchedulerState } from '../scheduler-state.js';
import type { StimulusWith } from '../stimulus.js';

/** A worker lives. */
export function heartbeat(state: SchedulerState, { worker }: StimulusWith<'heartbeat'>): void {
  worker.lastSeenAt = state.cause.at;
}
