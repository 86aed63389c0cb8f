import { recommend, recommendIfUnneeded } from './recommend.js';
import { leaveGroup } from './prefixes.js';
import { dependenciesOf, type TaskRecord } from './records.js';
import { membersOf, removeMember } from './relation.js';
import type { SchedulerOutput } from './scheduler-output.js';
import type { SchedulerState } from './scheduler-state.js';
import { setState } from './set-state.js';
import { STATE } from './task-state.js';
import { cancelWants } from './wants.js';

/** Whether a task may go: nobody can ask for it any more, or it can never be computed again. */
export function mayForget(task: TaskRecord): boolean {
  return task.graph === null || task.hasLostDependencies || (task.wantedBy === null && task.dependents === null);
}

/** Takes a released task out of all tables. Those that depend on it go too, unless they have their result. */
export function forgetTask(state: SchedulerState, task: TaskRecord, out: SchedulerOutput): void {
  cancelWants(state, task, out, 'lost-data');
  for (const dependent of membersOf(task.dependents)) loseDependency(state, dependent, task);
  task.dependents = null;
  const dependencies = dependenciesOf(task);
  task.dependencies = null;
  for (const dependency of dependencies) {
    dependency.dependents = removeMember(dependency.dependents, task);
    recommendIfUnneeded(state, dependency);
  }
  state.planned.delete(task);
  if (task.suspicious > 0) state.deaths.delete(task);
  if (state.desiredCopies.size > 0) state.desiredCopies.delete(task);
  state.keys.delete(task.key);
  state.tasks.delete(task.id);
  if (state.output.size > 0) state.output.forget(task.id);
  leaveGroup(state, task.group);
  setState(state, task, STATE.forgotten);
  const { graph } = task;
  if (graph === null) return;
  graph.liveCount -= 1;
  if (graph.liveCount === 0) out.graphReleased(graph);
}

function loseDependency(state: SchedulerState, dependent: TaskRecord, task: TaskRecord): void {
  const { dependencies } = dependent;
  if (Array.isArray(dependencies)) dependencies.splice(dependencies.indexOf(task), 1);
  else dependent.dependencies = null;
  dependent.hasLostDependencies = true;
  if (dependent.state !== STATE.memory && dependent.state !== STATE.erred) recommend(state, dependent, STATE.forgotten);
}
