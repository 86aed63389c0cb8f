import type { Transports } from '@grid/comm';
import type { PluginFailure, PluginPart } from '@grid/plugins';
import type { CoordinationAnswer, CoordinationCall, Payload, UploadTable } from '@grid/protocol';

import type { ActorAnswersMessage, ActorToThread } from './actors/actor-messages.js';
import type { FailurePart } from '../core/failure-part.js';
import type { FunctionPart, OutputPiece, TaskActivity, UnitPart } from './executor.js';

/*
 * What the main side and a thread say to each other. Many tasks go in one message, their numbers in one typed array and
 * their small bytes in one block. Large bytes are in shared memory.
 */

/** Places in the shared `Int32Array` of a thread. */
export const CONTROL = {
  /**
   * Sequence number of the next task that the thread will begin. The thread takes a task by adding one, if the number
   * is that task's; the main side takes all that have not begun away by setting it to the end.
   */
  head: 0,
  /** 1 while a task keeps the thread. */
  isBusy: 1,
  /** KiB in use on the thread's heap, as of its last look. */
  heapKib: 2,
  /** KiB outside of its heap that its collector knows of. */
  externalKib: 3,
  /** 1 while it is asked to collect. */
  isCollectDue: 4,
  /** KiB that its heap may take. */
  heapLimitKib: 5,
  /** 1 while it is profiled: calls of user code are then marked with their prefix. */
  isProfiled: 6,
} as const;

export const CONTROL_LENGTH = 7;

/** Columns of {@link RunMessage.rows}, for each task. */
export const RUN = { taskId: 0, functionId: 1, argsEnd: 2, dependencyEnd: 3, keyEnd: 4, width: 5 } as const;

/** The value of a dependency, for tasks of the same message. */
export interface InputValue {
  readonly taskId: number;
  /** In the block of the message, at these places; or, if `body` is given, on its own. */
  readonly start: number;
  readonly end: number;
  readonly body: Uint8Array | null;
  readonly buffers: readonly Uint8Array[];
}

/** What only some messages with tasks have; left out altogether if there is nothing of it, since most are small and many. */
export interface RunExtra {
  /** Functions that this thread has not seen. */
  readonly functions: readonly FunctionPart[];
  /** Code that they need and this thread has not seen. */
  readonly units: readonly UnitPart[];
  /** Large buffers of arguments: position of the task in this message, and its buffers. */
  readonly argsBuffers: readonly (readonly [row: number, buffers: readonly Uint8Array[]])[];
  /** Task ids of dependencies, of all tasks one after another. */
  readonly dependencies: readonly number[];
  /** Each value once. */
  readonly inputs: readonly InputValue[];
}

/** Tasks to run, in this order. */
export interface RunMessage {
  readonly kind: 'run';
  /** Sequence number of the first task; the others follow. Wraps around at 32 bits. */
  readonly firstSequence: number;
  /** {@link RUN}.width numbers a task. */
  readonly rows: Float64Array;
  /** All keys one after another: one long text is cloned faster than many short ones. */
  readonly keys: string;
  /** Encoded arguments one after another, then small input values. */
  readonly block: Uint8Array;
  readonly extra?: RunExtra;
  /** The numbers of the actors that these make, a task each; absent: they make none. */
  readonly actorIds?: readonly number[];
}

/** Moving memory to another thread costs more than copying it, up to about this many bytes. */
const MOVED_BYTES_MIN = 16 * 1024;

/** The task's signal fires. */
export interface AbortMessage {
  readonly kind: 'abort';
  readonly taskId: number;
  readonly code: 'GRID_WORKER_TASK_STOPPED' | 'GRID_WORKER_TASK_TIMEOUT';
}

/** A task that has left its slot has one again. */
export interface SlotMessage {
  readonly kind: 'slot';
  readonly taskId: number;
}

/** Live copies of these values, these functions and this code are of no use any more. */
export interface ForgetMessage {
  readonly kind: 'forget';
  readonly taskIds: readonly number[];
  readonly functionIds: readonly number[];
  readonly unitHashes: readonly string[];
}

/** Let the collector run: memory is short. Sent once until it is done, see {@link CONTROL}. */
export interface CollectMessage {
  readonly kind: 'collect';
}

/** A function to run outside of any task. */
export interface CallMessage {
  readonly kind: 'call';
  readonly callId: number;
  readonly part: FunctionPart;
  readonly units: readonly UnitPart[];
  readonly args: Payload;
}

/** What user code is told on its line to the scheduler. */
export interface LineAnswerMessage {
  readonly kind: 'line-answer';
  readonly owner: number;
  readonly message: CoordinationAnswer;
}

/** Something was uploaded, or forgotten. Tasks and calls behind this message find what is there now. */
export interface UploadsMessage {
  readonly kind: 'uploads';
  readonly table: UploadTable;
  /** The functions that this thread knows: they may import what has changed. */
  readonly functions: readonly FunctionPart[];
}

/** Set a plugin up, or, without a part, tear it down; without a name, all of them. Tasks behind this message find it done. */
export interface PluginMessage {
  readonly kind: 'plugin';
  readonly call: number;
  readonly name: string | null;
  readonly part: PluginPart | null;
}

export type ToThread =
  | RunMessage
  | AbortMessage
  | ForgetMessage
  | CollectMessage
  | CallMessage
  | LineAnswerMessage
  | UploadsMessage
  | ActorToThread
  | PluginMessage
  | SlotMessage;

/** Columns of {@link DoneMessage.rows}, for each result. */
export const DONE = { taskId: 0, bodyEnd: 1, typeIndex: 2, start: 3, duration: 4, width: 5 } as const;

/** What only some messages about ended tasks have. */
export interface DoneExtra {
  /** Large parts, in shared memory: position of the result, its body unless that is in the block, its buffers. */
  readonly large: readonly (readonly [row: number, body: Uint8Array | null, buffers: readonly Uint8Array[]])[];
  /** Names of kinds of results that this thread has not sent before; `typeIndex` counts them from its first message on. */
  readonly newTypes: readonly string[];
  readonly failures: readonly ThreadFailure[];
  readonly rescheduled: readonly number[];
  /** Tasks that have returned promises which are not settled. */
  readonly suspended: readonly number[];
}

/** What became of some tasks. */
export interface DoneMessage {
  readonly kind: 'done';
  /** {@link DONE}.width numbers a result. */
  readonly rows: Float64Array;
  /** Small bodies one after another; an empty row has a large body. */
  readonly block: Uint8Array;
  readonly extra?: DoneExtra;
}

export interface ThreadFailure {
  readonly taskId: number;
  readonly failure: FailurePart;
  readonly start: number;
  readonly duration: number;
}

/** The thread can take tasks. */
export interface ReadyMessage {
  readonly kind: 'ready';
}

export interface SecededMessage {
  readonly kind: 'seceded';
  readonly taskId: number;
  readonly duration: number;
}

/** The answer to {@link AbortMessage}: this thread's event loop goes round. */
export interface AbortedMessage {
  readonly kind: 'aborted';
  readonly taskId: number;
  /** The task has asked for its signal. */
  readonly isListening: boolean;
}

/** A task that has left its slot asks for one again. */
export interface RejoinMessage {
  readonly kind: 'rejoin';
  readonly taskId: number;
}

/** Something was written in the thread. */
export interface OutputMessage extends OutputPiece {
  readonly kind: 'output';
}

/** What tasks spent time and bytes on. In front of what is told of the end of each. */
export interface ActivitiesMessage {
  readonly kind: 'activities';
  readonly rows: readonly TaskActivity[];
}

/** A line for the worker's log. */
export interface LogMessage {
  readonly kind: 'log';
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly text: string;
  readonly key: string;
}

export interface CalledMessage {
  readonly kind: 'called';
  readonly callId: number;
  readonly value: Payload | null;
  readonly failure: FailurePart | null;
}

/** What user code says to the scheduler. `owner`: a task's id, or {@link ownerOfCall}. */
export interface LineCallMessage {
  readonly kind: 'line-call';
  readonly owner: number;
  readonly message: CoordinationCall;
}

/** The answer to {@link PluginMessage}. */
export interface PluginDoneMessage {
  readonly kind: 'plugin-done';
  readonly call: number;
  readonly failure: PluginFailure | null;
}

export type FromThread =
  | DoneMessage
  | ReadyMessage
  | SecededMessage
  | AbortedMessage
  | OutputMessage
  | LogMessage
  | CalledMessage
  | LineCallMessage
  | ActivitiesMessage
  | ActorAnswersMessage
  | PluginDoneMessage
  | RejoinMessage;

/** The owner of the line of a function that is run outside of any task. Numbers of tasks are never negative. */
export function ownerOfCall(callId: number): number {
  return -1 - callId;
}

/** What a thread is told when it starts. Cloneable, but for `transports`. */
export interface ThreadSetup {
  /** {@link CONTROL_LENGTH} shared numbers. */
  readonly control: Int32Array;
  /** Where packages are looked up that tasks import: a folder. */
  readonly root: string;
  readonly workerAddress: string;
  readonly workerName: string;
  /** Where tasks find the scheduler that want to submit tasks, and what lets them in. */
  readonly schedulerAddress: string;
  readonly token: string | null;
  /** The worker's own, for threads that share its event loop. */
  readonly transports?: Transports;
  /** See `allowSharedGarbage`. */
  readonly sharedGarbageMax?: number;
  /** What had been uploaded when the thread was started. */
  readonly uploads: UploadTable;
  /** Plugins to be set up before anything else. */
  readonly plugins?: readonly PluginPart[];
}

/** Values smaller than this are decoded again whenever they are needed: that costs less than to keep track of them. */
const LIVE_BYTES_MIN = 64;

/** Whether a thread keeps a live copy of such a value; both sides have to agree. */
export function isKeptLive(bodyBytes: number, bufferCount: number): boolean {
  return bufferCount > 0 || bodyBytes >= LIVE_BYTES_MIN;
}

/** The memory of those that are large enough for moving to be worth it. They must own theirs. */
export function movable(arrays: readonly ArrayBufferView[]): readonly ArrayBuffer[] {
  const moved: ArrayBuffer[] = [];
  for (const { byteLength, buffer } of arrays) {
    // Whoever calls has just made them, of memory that is not shared.
    if (byteLength >= MOVED_BYTES_MIN) moved.push(buffer as ArrayBuffer);
  }
  return moved;
}
