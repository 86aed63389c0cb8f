import type { TaskRecord } from '../records.js';
import type { SchedulerState } from '../scheduler-state.js';
import { setState } from '../set-state.js';
import { STATE } from '../task-state.js';

/** No running worker may run `task`. */
export function waitingToNoWorker(state: SchedulerState, task: TaskRecord): void {
  state.unrunnable.set(task, state.cause.at);
  setState(state, task, STATE.noWorker);
}
