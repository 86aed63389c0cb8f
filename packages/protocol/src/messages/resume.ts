import { defineMessage } from './define-message.js';
import { id, ids, list, numbers, text, texts } from './fields.js';
import { typePart } from './parts.js';

/*
 * After the scheduler is gone and another one listens in its place: workers say what they have, clients what they want.
 * Schedulers that know these messages name the feature `resume` in their handshake; to others none of them is sent.
 */

/** The feature of these messages. */
export const RESUME_FEATURE = 'resume';

/** Bits of `worker-inventory.marks`; a row without any is a result in memory. */
export const INVENTORY_MARKS = {
  /** A thread has it; its result is still to come. */
  running: 1,
  /** The same, and it has left its slot. */
  longRunning: 2,
  /** An actor lives here, or is being made. */
  actor: 4,
} as const;

/**
 * Worker to scheduler, before `register-worker` on the same line: what it has of the former scheduler's tasks, a row each,
 * by the numbers that the former one gave. The new one goes on with the same numbers.
 */
export const workerInventory = defineMessage('worker-inventory', 360, {
  /** The instance id of the scheduler whose numbers these are. */
  formerScheduler: text,
  /** How many workers the cluster had when this one heard of it last; 0: unknown. */
  workerCount: id,
  /** One above the largest numbers that this worker goes on using: of tasks, runs, and functions. */
  taskEnd: id,
  runEnd: id,
  functionEnd: id,
  types: list(typePart),
  taskIds: ids,
  runIds: ids,
  marks: ids,
  sizes: numbers,
  /** This worker's own numbers, as in `tasks-finished`. */
  typeIds: ids,
  keys: texts,
});

/** Scheduler to worker: how many workers the cluster has, when that has changed. */
export const workerCount = defineMessage('worker-count', 364, { count: id });

/**
 * Client to scheduler, after `register-client`: it was here before, or at the former scheduler, and is about to submit again
 * what it holds futures of. Answered when the workers are back, or have been waited for long enough.
 */
export const resumeClientRequest = defineMessage('resume-client', 361, {
  /** The instance id of the scheduler that it had before. */
  formerScheduler: text,
  /** One above the largest number that it has given to a task. */
  idEnd: id,
});
export const resumeClientReply = defineMessage('resume-client-reply', 362, {});

/** Everything has been submitted again that was to be; what comes from now on is new. */
export const endResume = defineMessage('end-resume', 363, {});
