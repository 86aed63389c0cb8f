import type { Transports } from '@grid/comm';
import type { PluginFailure, PluginPart } from '@grid/plugins';
import type {
  CoordinationAnswer,
  CoordinationCall,
  MessageWith,
  OutputSource,
  Payload,
  UploadTable,
} from '@grid/protocol';

import type { ProfileQuery, ProfileTree, ProfilingOptions } from '@grid/profiler';

import type { WorkerError } from '../errors.js';
import type { FailurePart } from '../core/failure-part.js';
import type { ActorAnswers, ActorPort } from './actors/actor-port.js';
import type { StoredValue } from '../store/data-store.js';

/** A function as it travels: by number, and with the hashes of the code that it needs. */
export type FunctionPart = MessageWith<'compute-tasks'>['functions'][number];

/** Code that functions are made of, by hash. */
export type UnitPart = MessageWith<'compute-tasks'>['units'][number];

/** What an executor has to know about a task. It is read until the execution is answered. */
export interface TaskToRun {
  readonly taskId: number;
  /** The number of this run: an actor that it makes is known by it. */
  readonly runId: number;
  /** Bits of `COMPUTE_FLAGS`. */
  readonly flags: number;
  readonly key: string;
  readonly functionId: number;
  /** The encoded argument tuple is `argsBlock[argsStart .. argsEnd)`; no bytes: no arguments. */
  readonly argsBlock: Uint8Array | null;
  readonly argsStart: number;
  readonly argsEnd: number;
  readonly argsBuffers: readonly Uint8Array[] | null;
  /** What references in the arguments refer to, by position. */
  readonly dependencies: readonly { readonly taskId: number }[];
  /** Whose threads it is to run in; empty: those that are nobody's. */
  readonly executor: string;
  /** Milliseconds that the run may take; 0 for no limit. */
  readonly timeoutMs: number;
  /** Milliseconds that it is expected to keep a thread. */
  readonly estimateMs: number;
}

/** When a task ran: milliseconds since the epoch, on this machine's clock, and for how long. */
export interface RunTimes {
  readonly start: number;
  readonly duration: number;
}

/**
 * How an executor tells what became of tasks. Each `execute` is followed by exactly one of `onSuccess`, `onFailure`,
 * `onRescheduled` and `onReturned`; before it there may be others.
 *
 * Never called from within a call of the executor.
 */
export interface ExecutorEvents {
  onSuccess(task: TaskToRun, payload: Payload, typeName: string, times: RunTimes): void;
  onFailure(task: TaskToRun, failure: FailurePart, times: RunTimes): void;
  onRescheduled(task: TaskToRun): void;
  /** It is in no thread any more, and has no result: it was stopped, taken back, or its thread was lost. */
  onReturned(task: TaskToRun): void;
  /** It waits for a promise and leaves its thread to others. */
  onSuspended(task: TaskToRun): void;
  /** It keeps its thread for so long that nothing should be planned behind it. */
  onOverdue(task: TaskToRun): void;
  /** It asked to leave its slot. `duration`: milliseconds it has run. */
  onSeceded(task: TaskToRun, duration: number): void;
  /** It asked for a slot again; `grantSlot` tells it when it has one. */
  onRejoin(task: TaskToRun): void;
  /** Something for the worker's log. */
  onLog(level: 'debug' | 'info' | 'warn' | 'error', text: string, key: string): void;
  /** Something was written, to the console or to a task's log. */
  onOutput(piece: OutputPiece): void;
  /** What tasks spent time and bytes on; of each before it is told what became of it. */
  onActivities(rows: readonly TaskActivity[]): void;
  /**
   * User code speaks to the scheduler. `owner`: the id of its task, or a negative number for a function outside of tasks.
   * A task's line ends with its execution, the line of a function when `onLineEnd` says so.
   */
  onLineCall(owner: number, message: CoordinationCall): void;
  onLineEnd(owner: number): void;
  /** What came of calls of actors, for the caller at the other end of this line. */
  onActorAnswers(line: number, answers: ActorAnswers): void;
  /** The thread is gone in which this actor lived, which this task has made: no call of it will be answered. */
  onActorLost(actorId: number, taskId: number, failure: FailurePart): void;
  /** Threads that end are not replaced any more, since new ones do not start: what is given to it now may never be run. */
  onBroken(error: WorkerError): void;
}

/** So much of what a task does. */
export interface TaskActivity {
  /** A negative number for a function outside of tasks. */
  readonly taskId: number;
  /** `deserialize`, `serialize`, or what user code calls it. */
  readonly activity: string;
  /** `seconds`, `bytes`, `count`, or one of user code. */
  readonly unit: string;
  readonly value: number;
}

/** What one call of user code has written. */
export interface OutputPiece {
  /** No task's where it was written outside of tasks. */
  readonly taskId: number;
  /** The key of the task, or the name of the function. */
  readonly key: string;
  readonly source: OutputSource;
  /** Milliseconds since the epoch, on this machine's clock. */
  readonly at: number;
  readonly text: string;
}

/** What tasks are told of the worker that runs them. */
export interface WorkerIdentity {
  readonly workerAddress: string;
  readonly workerName: string;
  readonly schedulerAddress: string;
  readonly token: string | null;
  /** How this worker reaches others. */
  readonly transports: Transports;
}

/** A function to run outside of any task. */
export interface FunctionCall {
  readonly part: FunctionPart;
  /** All the code that it needs. */
  readonly units: readonly UnitPart[];
  readonly args: Payload;
}

/** Memory of threads, in bytes. */
export interface ThreadMemory {
  /** In use on their heaps. */
  readonly heap: number;
  /** Outside of them, as far as their collectors know. */
  readonly external: number;
}

/** Where a task is that a thread has. */
export interface RunStack {
  readonly taskId: number;
  readonly key: string;
  /**
   * `running`: its code runs, at `stack`. `awaiting`: it has returned a promise, and none of its code runs.
   * `assigned`: it stands behind another one in its thread.
   */
  readonly status: 'running' | 'awaiting' | 'assigned';
  /** As the stack of an error; empty where there is none to be had. */
  readonly stack: string;
  /** Why there is no stack of a task that runs; else empty. */
  readonly problem: string;
}

/** What came of a function that was run outside of any task. */
export type CallOutcome =
  { readonly value: Payload; readonly failure: null } | { readonly value: null; readonly failure: FailurePart };

/** The plugins that each thread has of its own, also those that are started later. */
export interface PluginsOfThreads {
  /** Sets a plugin up in all threads; what they are given after this call finds it. Settles when the last has done so. */
  add(part: PluginPart): Promise<PluginFailure | null>;
  /** Tears a plugin down in all threads. */
  drop(name: string): Promise<PluginFailure | null>;
}

/** Samples what tasks do. */
export interface TaskProfiler {
  readonly isOn: boolean;
  /** Why there is nothing to be sampled, or it cannot be; else empty. */
  readonly problem: string;
  /** Begins to sample, for good; without effect if it does already. @returns why it cannot; else an empty text */
  start(options: ProfilingOptions): Promise<string>;
  /** Ends sampling; what was sampled stays. */
  stop(): void;
  /**
   * What was sampled up to now, by prefix; what cannot be told to belong to one is under an empty one. Whoever asks first
   * begins it, for some minutes, and waits for a second.
   */
  read(query: ProfileQuery, options: ProfilingOptions): Promise<ReadonlyMap<string, ProfileTree>>;
}

/**
 * Runs user code. An executor that is right passes the suite in `testing/executor-compliance.ts`.
 */
export interface Executor {
  /** Tasks that run at the same time, besides those that wait for promises. */
  readonly threads: number;
  /** The actors that its tasks have made. */
  readonly actors: ActorPort;
  /** The plugins of its threads. */
  readonly plugins: PluginsOfThreads;
  /** What samples them. */
  readonly profiler: TaskProfiler;
  /** Resolves when the first thread can run tasks. @throws `GRID_WORKER_THREAD_FAILED` */
  start(events: ExecutorEvents, identity: WorkerIdentity): Promise<void>;
  /** Makes functions known, for the tasks that refer to them by number, and code, for the functions that need it. */
  addFunctions(functions: readonly FunctionPart[], units: readonly UnitPart[]): void;
  /** No task will refer to these functions again, and no function to this code. */
  freeFunctions(functionIds: ArrayLike<number>, unitHashes: readonly string[]): void;
  /** @param inputs - the values of its dependencies, in their order */
  execute(task: TaskToRun, inputs: readonly StoredValue[]): void;
  /**
   * Ends a run: at once if it has not begun, else by its signal and, if it does not heed that, by ending its thread.
   * No effect on a task that is not running.
   */
  stop(task: TaskToRun): void;
  /** Tells a task that asked for a slot again that it has one. No effect on one that has ended. */
  grantSlot(task: TaskToRun): void;
  /** What has been uploaded by now. Tasks that are executed after this find it, those before may. */
  setUploads(table: UploadTable): void;
  /** A value left the store; live copies of it are of no use any more. */
  forgetValue(taskId: number, payload: Payload): void;
  /** Memory of all threads, as of a short while ago. */
  memoryUsage(): ThreadMemory;
  /** Has the collectors of all threads run, as soon as each can. */
  collectGarbage(): void;
  /** Where the tasks of these numbers are in their code, or all; those that no thread has are left out. */
  callStacks(taskIds: readonly number[] | null): Promise<readonly RunStack[]>;
  /** Runs a function beside the tasks, however busy the threads are. */
  call(call: FunctionCall, signal: AbortSignal): Promise<CallOutcome>;
  /** Hands an answer of the scheduler to the user code that asked; no effect if that has ended. */
  answerLine(owner: number, message: CoordinationAnswer): void;
  /** Ends everything that runs, without events. Idempotent, bounded in time. */
  close(): Promise<void>;
}
