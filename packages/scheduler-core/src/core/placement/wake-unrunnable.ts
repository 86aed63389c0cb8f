import { recommendReady } from '../recommend.js';
import type { SchedulerState } from '../scheduler-state.js';

/** Proposes to run the tasks for which there was no worker: one has come. */
export function wakeUnrunnable(state: SchedulerState): void {
  if (state.unrunnable.size > 0) recommendReady(state, [...state.unrunnable.keys()]);
}
