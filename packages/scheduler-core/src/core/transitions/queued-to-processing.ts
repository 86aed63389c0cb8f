import { dispatchTo } from '../dispatch.js';
import { pickWorkerWithSlot } from '../placement/pick-worker-with-slot.js';
import type { TaskRecord } from '../records.js';
import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';
import { STATE } from '../task-state.js';

/** `task` is the first in the queue and takes a free slot; without one it stays. */
export function queuedToProcessing(state: SchedulerState, task: TaskRecord, out: SchedulerOutput): void {
  const worker = pickWorkerWithSlot(state, task.group.prefix);
  if (worker === null) return;
  dispatchTo(state, task, worker, out);
  if (task.state === STATE.processing) state.queue.noteLeft();
}
