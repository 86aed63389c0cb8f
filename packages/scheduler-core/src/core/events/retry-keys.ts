import { recommend } from '../recommend.js';
import { dependenciesOf, type TaskRecord } from '../records.js';
import { runTransitions } from '../run-transitions.js';
import type { SchedulerOutput } from '../scheduler-output.js';
import type { SchedulerState } from '../scheduler-state.js';
import type { StimulusWith } from '../stimulus.js';
import { STATE } from '../task-state.js';

/** A client wants failed tasks to be tried again: from those on that failed by themselves. */
export function retryKeys(
  state: SchedulerState,
  { client, ids }: StimulusWith<'retry-keys'>,
  out: SchedulerOutput,
): void {
  const seen = new Set<TaskRecord>();
  for (let row = 0; row < ids.length; row += 1) {
    const task = client.tasks.get(ids[row] as number);
    if (task?.state === STATE.erred) seen.add(task);
  }
  for (const task of seen) {
    const erred = dependenciesOf(task).filter((dependency) => dependency.state === STATE.erred);
    if (erred.length === 0) recommend(state, task, STATE.waiting);
    for (const dependency of erred) seen.add(dependency);
  }
  runTransitions(state, out);
}
