/* What a simulation of whole clusters knows of a worker beyond what its users do. Not for programs. */

/* The core, to be looked at. */
export type { CoreObserver } from '../shell/core-runner.js';
export { validateState, validateTasks } from '../core/validate-state.js';
export type { WorkerState } from '../core/worker-state.js';
export type { Stimulus } from '../core/stimulus.js';
export { STIMULUS_TYPES } from '../core/stimulus.js';
export type { LocalTask } from '../core/local-task.js';
export { stateOf } from '../core/local-task.js';
export type { PeerRecord } from '../core/peer-record.js';

/* The thread's half of an executor. */
export { CONTROL, isKeptLive, RUN } from '../executor/thread-messages.js';
export type { FromThread, RunMessage, ThreadSetup, ToThread } from '../executor/thread-messages.js';
export { TaskInputs } from '../executor/task-inputs.js';
export { ResultWriter } from '../executor/result-writer.js';
export { LiveValues } from '../executor/live-values.js';
export { failureOf } from '../executor/failure-of.js';

/* What a worker says, to be lost on purpose. */
export { SchedulerOutbox } from '../shell/scheduler-outbox.js';
