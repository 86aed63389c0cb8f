import type { TaskRecord } from '../records.js';
import { holdForResult } from '../result-holds.js';
import type { SchedulerState } from '../scheduler-state.js';
import type { StimulusWith } from '../stimulus.js';
import { STATE } from '../task-state.js';

/**
 * The result of a task will have futures in it, which its thread has had until now. If the run has been taken back
 * meanwhile, its result will not be used.
 */
export function holdForResults(state: SchedulerState, stimulus: StimulusWith<'hold-for-result'>): void {
  const { client, taskId, ids } = stimulus;
  const task = state.tasks.get(taskId);
  if (task === undefined || task.state !== STATE.processing) return;
  const others: TaskRecord[] = [];
  for (let row = 0; row < ids.length; row += 1) {
    const other = client.tasks.get(ids[row] as number);
    if (other !== undefined && other !== task) others.push(other);
  }
  holdForResult(state, task, others);
}
