import type { MessageWith } from '@grid/protocol';

import type { FailurePart } from './failure-part.js';

/** What every stimulus says: what happened, and when, in milliseconds. */
interface Happened<Type extends string> {
  readonly type: Type;
  readonly at: number;
}

/** Tasks to compute. Rows that are known already only get the number of their new run. */
export interface ComputeTasks extends Happened<'compute-tasks'> {
  readonly message: MessageWith<'compute-tasks'>;
}

export interface FreeKeys extends Happened<'free-keys'> {
  readonly message: MessageWith<'free-keys'>;
}

/** The scheduler has somebody who could start this run sooner. */
export interface StealRequest extends Happened<'steal-request'> {
  readonly message: MessageWith<'steal-request'>;
}

/** A worker has left the cluster, and its copies with it. */
export interface RemoveWorker extends Happened<'remove-worker'> {
  readonly message: MessageWith<'remove-worker'>;
}

/** Holders that the scheduler knows of now. May name tasks that nobody needs any more. */
export interface RefreshWhoHas extends Happened<'refresh-who-has'> {
  readonly message: MessageWith<'refresh-who-has'>;
}

/** The scheduler wants copies here. */
export interface AcquireReplicas extends Happened<'acquire-replicas'> {
  readonly message: MessageWith<'acquire-replicas'>;
}

/** The scheduler has too many copies. */
export interface RemoveReplicas extends Happened<'remove-replicas'> {
  readonly message: MessageWith<'remove-replicas'>;
}

/** No task refers to these functions any more. */
export interface FreeFunctions extends Happened<'free-functions'> {
  readonly message: MessageWith<'free-functions'>;
}

/** Values that were handed to this worker are in its store. */
export interface UpdateData extends Happened<'update-data'> {
  readonly taskIds: readonly number[];
  readonly keys: readonly string[];
  readonly sizes: readonly number[];
}

/** What was in the store is there no more, unasked. */
export interface LoseData extends Happened<'lose-data'> {
  readonly taskIds: readonly number[];
}

/** A task ran to its end and its result is in the store. Times are milliseconds. */
export interface ExecuteSuccess extends Happened<'execute-success'> {
  readonly taskId: number;
  readonly nbytes: number;
  readonly typeId: number;
  readonly start: number;
  readonly duration: number;
}

export interface ExecuteFailure extends Happened<'execute-failure'> {
  readonly taskId: number;
  readonly failure: FailurePart;
  readonly start: number;
  readonly duration: number;
}

/** The task asked to be run elsewhere or later. */
export interface ExecuteRescheduled extends Happened<'execute-rescheduled'> {
  readonly taskId: number;
}

/** No thread has the task any more and it has no result: it was stopped, taken back, or its thread is gone. */
export interface ExecuteReturned extends Happened<'execute-returned'> {
  readonly taskId: number;
}

/** The task has returned a promise and left its thread to others. */
export interface ExecuteSuspended extends Happened<'execute-suspended'> {
  readonly taskId: number;
}

/** The task keeps its thread for longer than is planned ahead. */
export interface ExecuteOverdue extends Happened<'execute-overdue'> {
  readonly taskId: number;
}

/** The task leaves its slot and runs on. */
export interface Secede extends Happened<'secede'> {
  readonly taskId: number;
  readonly duration: number;
}

/** A task that has left its slot asks for one again. */
export interface Rejoin extends Happened<'rejoin'> {
  readonly taskId: number;
}

/** A peer answered; what it sent is in the store. What it was asked for and did not send, it does not have. */
export interface GatherSuccess extends Happened<'gather-success'> {
  readonly workerId: number;
  readonly taskIds: readonly number[];
  readonly keys: readonly string[];
  readonly sizes: readonly number[];
}

export interface GatherBusy extends Happened<'gather-busy'> {
  readonly workerId: number;
}

/** A peer could not be reached, or the line broke. */
export interface GatherNetworkFailure extends Happened<'gather-network-failure'> {
  readonly workerId: number;
}

/** Anything else: asking again would not help. */
export interface GatherFailure extends Happened<'gather-failure'> {
  readonly workerId: number;
  readonly failure: FailurePart;
}

/** The time that `retryBusyLater` named has come. */
export type RetryBusyPeer = Happened<'retry-busy-peer'> & { readonly workerId: number };

/** Time to ask again for what nobody seems to have. */
export type FindMissing = Happened<'find-missing'>;

/** The line to the scheduler is broken. */
export type LoseScheduler = Happened<'lose-scheduler'>;

/** Time to look whether some task here waits for nothing. */
export type WatchTasks = Happened<'watch-tasks'>;

/** Results have been moved out of memory, as far as that goes. */
export type MemoryFreed = Happened<'memory-freed'>;

/** There is so much of these resources from now on. */
export type SetResources = Happened<'set-resources'> & { readonly resources: Readonly<Record<string, number>> };

/** Start nothing new, neither tasks nor transfers. */
export type Pause = Happened<'pause'>;

export type Unpause = Happened<'unpause'>;

/** Everything that can happen to a worker's core. */
export type Stimulus =
  | ComputeTasks
  | FreeKeys
  | StealRequest
  | RemoveWorker
  | RefreshWhoHas
  | AcquireReplicas
  | RemoveReplicas
  | FreeFunctions
  | UpdateData
  | LoseData
  | ExecuteSuccess
  | ExecuteFailure
  | ExecuteRescheduled
  | ExecuteReturned
  | ExecuteSuspended
  | ExecuteOverdue
  | Secede
  | Rejoin
  | GatherSuccess
  | GatherBusy
  | GatherNetworkFailure
  | GatherFailure
  | RetryBusyPeer
  | FindMissing
  | LoseScheduler
  | WatchTasks
  | MemoryFreed
  | SetResources
  | Pause
  | Unpause;

/** The words of all stimuli; stories refer to them by position. */
export const STIMULUS_TYPES = [
  'compute-tasks',
  'free-keys',
  'steal-request',
  'remove-worker',
  'refresh-who-has',
  'acquire-replicas',
  'remove-replicas',
  'free-functions',
  'update-data',
  'lose-data',
  'execute-success',
  'execute-failure',
  'execute-rescheduled',
  'execute-returned',
  'execute-suspended',
  'execute-overdue',
  'secede',
  'rejoin',
  'gather-success',
  'gather-busy',
  'gather-network-failure',
  'gather-failure',
  'retry-busy-peer',
  'find-missing',
  'lose-scheduler',
  'memory-freed',
  'set-resources',
  'pause',
  'unpause',
  'watch-tasks',
] as const satisfies readonly Stimulus['type'][];
