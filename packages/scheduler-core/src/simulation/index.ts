/* What a simulation of whole clusters knows of a scheduler beyond what its users do. Not for programs. */

export { validateState, validateTasks } from '../core/validate-state.js';
export type { SchedulerState } from '../core/scheduler-state.js';
export type { Stimulus } from '../core/stimulus.js';
export type { ClientRecord, TaskRecord, WorkerRecord } from '../core/records.js';
export { comparePriority, dependenciesOf, dependentsOf, wantsOf } from '../core/records.js';
export { membersOf } from '../core/relation.js';
export { STATE, STATE_NAMES } from '../core/task-state.js';
export type { TaskStateName } from '../core/task-state.js';
export { NOTHING } from '../core/records.js';
export { STATE_COUNT } from '../core/task-state.js';
export { TRANSITION_TABLE } from '../core/transition-table.js';
export type { Transition } from '../core/transition-table.js';
export { LinkOutput } from '../shell/link-output.js';
