import type { MessageWith } from '@grid/protocol';

import type { FailurePart } from './failure-part.js';
import type { LocalTask } from './local-task.js';
import type { PeerRecord } from './peer-record.js';

/** What became of a request to give a run up. */
export type StealOutcome = MessageWith<'steal-response'>['outcome'];

/**
 * What the core asks its shell to do, in the order in which it asks. Tasks and peers are handed over to be read: during the
 * call, and a task that is to be executed until its execution is answered.
 *
 * Every `execute` is answered by exactly one of the stimuli `execute-success`, `execute-failure`, `execute-rescheduled`
 * and `execute-returned`; every `gather` by exactly one of `gather-success`, `gather-busy`, `gather-network-failure` and
 * `gather-failure`. Neither may come from within the call.
 */
export interface WorkerEffects {
  /** Run it in a thread. Its dependencies are in the store and stay there until the answer. */
  execute(task: LocalTask): void;
  /** Its execution is wanted no more: end it. The answer to `execute` still comes. */
  stopTask(task: LocalTask): void;
  /** It has left its slot and is given one again. */
  grantSlot(task: LocalTask): void;
  /** Its value is wanted no more. */
  dropData(task: LocalTask): void;
  /** Ask the peer for these, all at once. */
  gather(peer: PeerRecord, tasks: readonly LocalTask[]): void;
  /** Give the stimulus `retry-busy-peer` at this time. */
  retryBusyLater(peer: PeerRecord, at: number): void;

  /** Tell the scheduler that its run is done and its result is here. `start` and `duration` are 0 if it did not run. */
  taskFinished(task: LocalTask, start: number, duration: number): void;
  /** Tell the scheduler that its run failed. */
  taskErred(task: LocalTask, failure: FailurePart, start: number, duration: number): void;
  /** Tell the scheduler that the task left its slot and runs on. */
  longRunning(task: LocalTask, duration: number): void;
  /** Tell the scheduler that the task asks to be run elsewhere or later. */
  rescheduleTask(task: LocalTask): void;
  /** Tell the scheduler whether a run that it wants to move was given up. */
  stealResponse(taskId: number, runId: number, outcome: StealOutcome): void;
  /** Tell the scheduler of a copy that it did not ask this worker to compute. */
  addKeys(task: LocalTask): void;
  /** Tell the scheduler that the copy which it counts on is gone, or that the one which it wants will not come. */
  releaseData(task: LocalTask): void;
  /** Tell the scheduler that a worker which should have a copy has none. */
  missingData(task: LocalTask, workerId: number): void;
  /** Ask the scheduler who has it. */
  requestRefresh(task: LocalTask): void;

  /** The task waited for nothing, and is about to be put right. */
  foundStuck(task: LocalTask): void;
}
