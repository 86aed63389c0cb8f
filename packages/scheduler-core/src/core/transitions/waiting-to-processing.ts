import { dispatch, dispatchTo } from '../dispatch.js';
import { isRootish } from '../placement/root-ish.js';
import { recommend } from '../recommend.js';
import { pickWorkerWithSlot } from '../placement/pick-worker-with-slot.js';
import type { TaskRecord } from '../records.js';
import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';
import { STATE } from '../task-state.js';

/** `task` is ready: the point where it is decided where, and whether now. */
export function waitingToProcessing(state: SchedulerState, task: TaskRecord, out: SchedulerOutput): void {
  // A dependency may have been lost since this was proposed.
  if (task.waitingCount > 0) return;
  if (isRootish(state, task)) {
    // Tasks in the queue came first; slots that this stimulus opened are filled when it is through.
    const worker = state.queue.size > 0 ? null : pickWorkerWithSlot(state, task.group.prefix);
    if (worker === null) recommend(state, task, STATE.queued);
    else dispatchTo(state, task, worker, out);
  } else if (!dispatch(state, task, out)) recommend(state, task, STATE.noWorker);
}
