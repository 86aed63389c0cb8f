import type { TaskRecord } from './records.js';
import type { SchedulerOutput } from './scheduler-output.js';
import type { SchedulerState } from './scheduler-state.js';
import { STATE_COUNT, STATE_NAMES, type TaskStateName } from './task-state.js';
import { erredToReleased } from './transitions/erred-to-released.js';
import { memoryToForgotten } from './transitions/memory-to-forgotten.js';
import { memoryToReleased } from './transitions/memory-to-released.js';
import { noWorkerToProcessing } from './transitions/no-worker-to-processing.js';
import { noWorkerToReleased } from './transitions/no-worker-to-released.js';
import { processingToErred } from './transitions/processing-to-erred.js';
import { processingToMemory } from './transitions/processing-to-memory.js';
import { processingToReleased } from './transitions/processing-to-released.js';
import { queuedToProcessing } from './transitions/queued-to-processing.js';
import { queuedToReleased } from './transitions/queued-to-released.js';
import { releasedToErred } from './transitions/released-to-erred.js';
import { releasedToForgotten } from './transitions/released-to-forgotten.js';
import { releasedToMemory } from './transitions/released-to-memory.js';
import { releasedToWaiting } from './transitions/released-to-waiting.js';
import { waitingToNoWorker } from './transitions/waiting-to-no-worker.js';
import { waitingToProcessing } from './transitions/waiting-to-processing.js';
import { waitingToQueued } from './transitions/waiting-to-queued.js';
import { waitingToReleased } from './transitions/waiting-to-released.js';

/**
 * Takes one task one step, or leaves it where it is if the step makes no sense any more. It changes records, names
 * effects and recommends further steps; it calls no other transition.
 */
export type Transition = (state: SchedulerState, task: TaskRecord, out: SchedulerOutput) => void;

/** A step from one state to another. */
export type TransitionName = `${TaskStateName}->${TaskStateName}`;

/** Every step that a task may take at once. Any other goes through `released`. */
export const TRANSITIONS = {
  'released->waiting': releasedToWaiting,
  'released->memory': releasedToMemory,
  'released->erred': releasedToErred,
  'released->forgotten': releasedToForgotten,
  'waiting->processing': waitingToProcessing,
  'waiting->queued': waitingToQueued,
  'waiting->no-worker': waitingToNoWorker,
  'waiting->released': waitingToReleased,
  'queued->processing': queuedToProcessing,
  'queued->released': queuedToReleased,
  'no-worker->processing': noWorkerToProcessing,
  'no-worker->released': noWorkerToReleased,
  'processing->memory': processingToMemory,
  'processing->released': processingToReleased,
  'processing->erred': processingToErred,
  'memory->released': memoryToReleased,
  'memory->forgotten': memoryToForgotten,
  'erred->released': erredToReleased,
} as const satisfies Partial<Record<TransitionName, Transition>>;

/** The same by number: `from * 8 + to`. */
export const TRANSITION_TABLE: readonly (Transition | undefined)[] = Array.from(
  { length: STATE_COUNT * STATE_COUNT },
  (_, index) => {
    const from = STATE_NAMES[Math.floor(index / STATE_COUNT)] as TaskStateName;
    const to = STATE_NAMES[index % STATE_COUNT] as TaskStateName;
    return (TRANSITIONS as Partial<Record<TransitionName, Transition>>)[`${from}->${to}`];
  },
);
