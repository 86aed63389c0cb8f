import type { NumberColumn, TextColumn } from '@grid/protocol';

import type { FailurePart } from './failure-record.js';
import type { GraphBlock } from './graph-block.js';
import type { MemoryPolicy } from './memory-manager/memory-policy.js';
import type { WorkerInventory } from './inventory.js';
import type { ClientRecord, ReportedStatus, TaskRecord, WorkerAbout, WorkerRecord } from './records.js';
import type { WorkerExit } from './worker-exit.js';

/** Small encoded results that came with a batch; see `resultRows` of the protocol. */
export interface InlineResults {
  readonly block: Uint8Array;
  readonly ends: NumberColumn;
}

/** Tasks, a row each. */
export interface UpdateGraph {
  readonly op: 'update-graph';
  readonly client: ClientRecord;
  readonly graph: GraphBlock;
  /** The client's number of row 0. */
  readonly firstId: number;
  readonly keys: TextColumn;
  /** Client numbers; a list a row. */
  readonly dependencies: { readonly ends: NumberColumn; readonly ids: NumberColumn } | null;
  /** 1 for each row that the client wants; `null`: it wants all. */
  readonly wanted: Uint8Array | null;
  /** The number of the task that submits them; `null`: no task does. */
  readonly parent: number | null;
  /**
   * The rows to take in now. A long graph that lists dependencies before dependents may come in slices, in order; the
   * other columns are those of the whole graph each time.
   */
  readonly firstRow: number;
  readonly endRow: number;
  /**
   * In a graph that comes in slices: wants what the client does not, until the last slice is in and this is removed, so
   * that nothing is dropped that a later slice needs. `null` for a graph that comes at once.
   */
  readonly owner: ClientRecord | null;
  /** Whether the client submits again what it had submitted to a former scheduler, or on a former line. @defaultValue false */
  readonly isResumed?: boolean;
}

/** Something that happened. Names of workers and clients have been looked up; numbers of tasks have not. */
export type Stimulus =
  | UpdateGraph
  /** A client came; `onRecord` gets its record. */
  | {
      readonly op: 'add-client';
      readonly name: string;
      readonly isListening: boolean;
      readonly onRecord: (client: ClientRecord) => void;
    }
  | { readonly op: 'remove-client'; readonly client: ClientRecord }
  | {
      readonly op: 'client-desires-keys';
      readonly client: ClientRecord;
      readonly ids: NumberColumn;
      readonly keys: TextColumn;
    }
  | { readonly op: 'client-releases-keys'; readonly client: ClientRecord; readonly ids: NumberColumn }
  /** A client wants these done, whatever becomes of its futures. */
  | { readonly op: 'fire-and-forget'; readonly client: ClientRecord; readonly ids: NumberColumn }
  /** The result of a task that is being computed will have futures of these tasks of a client in it. */
  | {
      readonly op: 'hold-for-result';
      readonly client: ClientRecord;
      readonly taskId: number;
      readonly ids: NumberColumn;
    }
  | { readonly op: 'cancel-keys'; readonly client: ClientRecord; readonly ids: NumberColumn; readonly force: boolean }
  | { readonly op: 'retry-keys'; readonly client: ClientRecord; readonly ids: NumberColumn }
  | {
      readonly op: 'plan-scatter';
      readonly client: ClientRecord;
      readonly ids: NumberColumn;
      readonly keys: TextColumn;
      readonly sizes: NumberColumn;
      /** Addresses, names or hosts; empty for any. */
      readonly workers: readonly string[];
    }
  /** A worker registered; `onRecord` gets its record. */
  | {
      readonly op: 'add-worker';
      readonly about: WorkerAbout;
      /** What it has of a former scheduler's tasks. @defaultValue nothing */
      readonly inventory?: WorkerInventory | null;
      readonly onRecord: (worker: WorkerRecord) => void;
    }
  /** What workers have brought and nobody has asked for is not kept any longer. */
  | { readonly op: 'end-grace' }
  | {
      readonly op: 'remove-worker';
      readonly worker: WorkerRecord;
      /** It left in order: nobody is to blame. */
      readonly isExpected: boolean;
      /** Why, for people. */
      readonly reason: string;
      /** How its process ended, if its nanny has said so. */
      readonly exit: WorkerExit | null;
    }
  | { readonly op: 'worker-status'; readonly worker: WorkerRecord; readonly status: ReportedStatus }
  /** A worker has so much of these resources from now on; of others as before. */
  | { readonly op: 'set-resources'; readonly worker: WorkerRecord; readonly resources: ReadonlyMap<string, number> }
  /** A worker is to leave in order, or not any more. */
  | { readonly op: 'retire-worker'; readonly worker: WorkerRecord; readonly isRetiring: boolean }
  | {
      readonly op: 'heartbeat';
      readonly worker: WorkerRecord;
      /** Bytes a second that it has measured of transfers from others; 0: none yet. */
      readonly bandwidth: number;
      /** Bytes; see {@link WorkerRecord}. */
      readonly memory: { readonly spilledBytes: number; readonly unmanagedBytes: number };
    }
  /** A worker lives: time to see whether something waits for nothing. `hasRuns`: it says that it has something to compute. */
  | { readonly op: 'look-around'; readonly worker: WorkerRecord; readonly hasRuns: boolean }
  /** A worker says how many of its runs below this number are not over; see `runDigest` of the protocol. */
  | {
      readonly op: 'runs-counted';
      readonly worker: WorkerRecord;
      readonly below: number;
      readonly count: number;
      readonly digest: number;
    }
  /** A worker says which those are, all of them below `until`. */
  | {
      readonly op: 'runs-listed';
      readonly worker: WorkerRecord;
      readonly below: number;
      readonly until: number;
      readonly taskIds: NumberColumn;
      readonly runIds: NumberColumn;
    }
  /** Time to see whether results have as many copies as they should, and where. */
  | { readonly op: 'manage-memory'; readonly policies: readonly MemoryPolicy[] }
  /** Somebody wants so many copies of each of these. */
  | { readonly op: 'desire-copies'; readonly tasks: readonly TaskRecord[]; readonly copies: number }
  | {
      readonly op: 'tasks-finished';
      readonly worker: WorkerRecord;
      readonly taskIds: NumberColumn;
      readonly runIds: NumberColumn;
      readonly sizes: NumberColumn;
      /** The worker's own numbers; see `WorkerRecord.typeNumbers`. */
      readonly typeIds: NumberColumn;
      /** Milliseconds since the epoch, on the scheduler's clock. */
      readonly starts: NumberColumn;
      /** Milliseconds. */
      readonly durations: NumberColumn;
      readonly results: InlineResults | null;
    }
  | {
      readonly op: 'task-erred';
      readonly worker: WorkerRecord;
      readonly taskId: number;
      readonly runId: number;
      /** When it began, in milliseconds since the epoch on the scheduler's clock; 0 if it never did. */
      readonly startMs: number;
      readonly durationMs: number;
      readonly failure: FailurePart;
    }
  /** The thread of an actor is gone. */
  | {
      readonly op: 'actor-lost';
      readonly worker: WorkerRecord;
      readonly taskId: number;
      readonly runId: number;
      readonly failure: FailurePart;
    }
  | {
      readonly op: 'add-keys';
      readonly worker: WorkerRecord;
      readonly taskIds: NumberColumn;
      readonly sizes: NumberColumn;
    }
  | { readonly op: 'missing-data'; readonly worker: WorkerRecord; readonly taskId: number; readonly holderId: number }
  | { readonly op: 'release-worker-data'; readonly worker: WorkerRecord; readonly taskIds: NumberColumn }
  | { readonly op: 'request-refresh-who-has'; readonly worker: WorkerRecord; readonly taskIds: NumberColumn }
  | {
      readonly op: 'long-running';
      readonly worker: WorkerRecord;
      readonly taskId: number;
      readonly runId: number;
      readonly durationMs: number;
    }
  | {
      readonly op: 'steal-response';
      readonly worker: WorkerRecord;
      readonly taskId: number;
      readonly runId: number;
      readonly outcome: 'given-up' | 'kept' | 'unknown';
    }
  /** All work is given up, whoever wants it. */
  | { readonly op: 'restart' }
  /**
   * Time to give up tasks that no worker may run for `timeoutMs`, and those that wait for a slot, if there has been no running
   * worker for as long, which `withoutWorkersMs` says.
   */
  | { readonly op: 'fail-unrunnable'; readonly timeoutMs: number; readonly withoutWorkersMs: number }
  /** Time to see whether some workers are idle while others have too much. */
  | { readonly op: 'balance' }
  | { readonly op: 'reschedule-task'; readonly worker: WorkerRecord; readonly taskId: number; readonly runId: number };

/** The words of all stimuli. */
export type StimulusOp = Stimulus['op'];

/** The stimulus with this word. */
export type StimulusWith<Word extends StimulusOp> = Extract<Stimulus, { readonly op: Word }>;
