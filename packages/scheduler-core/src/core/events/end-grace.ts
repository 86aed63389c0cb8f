import { endOrphanage } from '../orphans.js';
import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';

/** Clients have had the time to come back: what none of them has asked for is let go. */
export function endGrace(state: SchedulerState, out: SchedulerOutput): void {
  endOrphanage(state, out);
}
