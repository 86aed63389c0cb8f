import type { ClientRecord, TaskRecord, WorkerRecord } from './records.js';
import type { StuckFinding } from './stuck/stuck-finding.js';
import type { GraphBlock } from './graph-block.js';
import type { GraphRefusal } from './graph-refusal.js';

/**
 * What the core has others do. It calls these while it works; whoever implements them only takes notes, and must not
 * come back into the core.
 *
 * Records are to be read at once and not kept: they go on changing. `id` is a client's own number for a task. Worker
 * effects name only workers that are registered, client effects only clients that listen.
 */
export interface SchedulerOutput {
  /** `task` is to run on `worker`, as its run `task.runId`. */
  computeTask(worker: WorkerRecord, task: TaskRecord): void;
  /** `worker` is to give `task` up, if it has not begun it. */
  stealTask(worker: WorkerRecord, task: TaskRecord): void;
  /** `worker` is neither to compute nor to keep this task. */
  freeKeys(worker: WorkerRecord, taskId: number): void;
  /** `worker` is to get a copy of `task`, which is in memory elsewhere. */
  acquireReplica(worker: WorkerRecord, task: TaskRecord): void;
  /** `worker` is to drop its copy of this task, or not to get one. */
  removeReplica(worker: WorkerRecord, taskId: number): void;
  /** `gone` has left, its copies with it. */
  removeWorker(worker: WorkerRecord, gone: WorkerRecord): void;
  /** `worker` asked who holds `task` now; maybe nobody. */
  refreshWhoHas(worker: WorkerRecord, task: TaskRecord): void;
  /** `worker` is to say how many of its runs with smaller numbers are not over. */
  countRuns(worker: WorkerRecord, below: number): void;
  /** `worker` is to say which those are. */
  listRuns(worker: WorkerRecord, below: number): void;
  /** Something waited for nothing, and is about to be put right. */
  foundStuck(finding: StuckFinding): void;
  /** `worker` is to leave. */
  closeWorker(worker: WorkerRecord, reason: string): void;
  /** The result of `task` is there. If `state.arrival.inlineTask` is `task`, its bytes are too. */
  keyInMemory(client: ClientRecord, id: number, task: TaskRecord): void;
  /** `task` failed, as `task.failure` says. */
  keyErred(client: ClientRecord, id: number, task: TaskRecord): void;
  /** The result is lost and is being computed again. */
  keyLost(client: ClientRecord, id: number, task: TaskRecord): void;
  /** Nothing will come of this number any more. */
  keyCancelled(client: ClientRecord, id: number, reason: CancelReason): void;
  /** A task that had failed is tried again. */
  keyRetried(client: ClientRecord, id: number, task: TaskRecord): void;
  /** A whole submission was turned away. */
  graphRefused(client: ClientRecord, refusal: GraphRefusal): void;
  /** A policy about copies threw. */
  policyFailed(policy: string, error: unknown): void;
  /** No record uses this submission's functions and arguments any more. */
  graphReleased(graph: GraphBlock): void;
}

/** Why a client hears no more of a number. */
export type CancelReason = 'cancelled' | 'lost-data' | 'unknown-key' | 'restarted';
