import { enterMemory } from '../enter-memory.js';
import { observeRun, stopProcessing } from '../processing.js';
import type { TaskRecord } from '../records.js';
import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';

/** The worker that was computing `task` holds its result, as `state.arrival` says. */
export function processingToMemory(state: SchedulerState, task: TaskRecord, out: SchedulerOutput): void {
  stopProcessing(state, task);
  observeRun(state, task.group.prefix, state.arrival.durationMs, state.arrival.nbytes);
  enterMemory(state, task, out);
}
