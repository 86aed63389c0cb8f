import type { SchedulerState } from './scheduler-state.js';
import type { TaskRecord } from './records.js';
import type { StateCode } from './task-state.js';

/** Puts a task into a state, and keeps counts and story. Called last in a transition, and once. */
export function setState(state: SchedulerState, task: TaskRecord, to: StateCode): void {
  const from = task.state;
  state.stateCounts[from] = (state.stateCounts[from] as number) - 1;
  state.stateCounts[to] = (state.stateCounts[to] as number) + 1;
  state.story.record(task, from, to, state.cause);
  task.state = to;
  const { graph } = task;
  if (graph !== null && graph.span !== null) graph.span.step(from, to, task.nbytes);
}
