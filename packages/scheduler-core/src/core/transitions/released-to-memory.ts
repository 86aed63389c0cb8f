import { enterMemory } from '../enter-memory.js';
import type { TaskRecord } from '../records.js';
import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';

/** Plain data, announced by a client, has arrived on a worker. */
export function releasedToMemory(state: SchedulerState, task: TaskRecord, out: SchedulerOutput): void {
  enterMemory(state, task, out);
}
