import { AsyncLocalStorage } from 'node:async_hooks';

import type {
  CoordinationAnswer,
  CoordinationCall,
  DecodeOptions,
  EncodeOptions,
  Found,
  OutputSource,
  Payload,
} from '@grid/protocol';

import { createDeferred, type Deferred } from '@grid/common';
import { WorkerError } from '../errors.js';
import type { TaskThread } from './task-thread.js';
import type { AbortMessage, LogMessage } from './thread-messages.js';

/** How a running task reaches the thread that it runs in. */
export interface TaskContextParts {
  readonly thread: TaskThread;
  readonly workerAddress: string;
  readonly workerName: string;
  onSecede(context: TaskContext): void;
  onRejoin(context: TaskContext): void;
  /** See {@link TaskContext.log}. */
  onLog(context: TaskContext, level: LogMessage['level'], text: string): void;
  /** See {@link TaskContext.write}. */
  onWrite(context: TaskContext, source: OutputSource, text: string): void;
  /** See {@link TaskContext.meter}. */
  onMeter(context: TaskContext, activity: string, value: number, unit: string): void;
  /** See {@link TaskContext.openLine}. */
  openLine(context: TaskContext, onAnswer: (message: CoordinationAnswer) => void): TaskLine;
  findUpload(name: string): Found;
  /** See {@link TaskContext.plugins}. */
  plugins(): Readonly<Record<string, object | undefined>>;
}

/** A task's line to the scheduler. It ends with the task, and with it all that the task waits for or holds there. */
export interface TaskLine {
  /** Says something. The party's number in it does not matter: the worker knows who speaks. */
  send(message: CoordinationCall): void;
  /** Makes a value ready to travel, with the functions and classes in it; `futures` says what becomes of those in it. */
  encode(value: unknown, futures?: Pick<EncodeOptions, 'referenceOf' | 'keyOfFuture'>): Payload;
  /** The inverse. */
  decode(payload: Payload, futures?: Pick<DecodeOptions, 'resolveReference' | 'futureOf'>): Promise<unknown>;
}

/**
 * What a running task may know about itself, and do.
 *
 * Code in a task finds it without depending on this package: `globalThis[Symbol.for('grid.task-context')].getStore()`,
 * which is `undefined` outside of tasks.
 */
export class TaskContext {
  readonly taskId: number;
  /** Milliseconds since the epoch at which the task began. */
  readonly start: number;
  readonly #parts: TaskContextParts;
  // Made when first asked for: most tasks never do, and a controller costs more than they do.
  #controller: AbortController | undefined;
  #abortedWith: AbortMessage['code'] | undefined;
  #hasSeceded = false;
  /** Waits for a slot. */
  #rejoining: Deferred<void> | undefined;

  readonly #keyOf: () => string;

  /** @param keyOf - asked for the key when somebody wants to know it */
  constructor(task: { readonly taskId: number; readonly start: number }, keyOf: () => string, parts: TaskContextParts) {
    this.taskId = task.taskId;
    this.start = task.start;
    this.#keyOf = keyOf;
    this.#parts = parts;
  }

  /** The cluster-wide name of the task. */
  get key(): string {
    return this.#keyOf();
  }

  /** Fires when the task is to stop. A task that has asked for it has five seconds from then on to end in order. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#abortedWith !== undefined) this.#controller.abort(stopReason(this.#abortedWith, this.key));
    }
    return this.#controller.signal;
  }

  /** Where the worker listens that runs the task. */
  get workerAddress(): string {
    return this.#parts.workerAddress;
  }

  /** The thread that runs the task. */
  get thread(): TaskThread {
    return this.#parts.thread;
  }

  get workerName(): string {
    return this.#parts.workerName;
  }

  /** Writes a line to the task's log, and to the worker's. */
  log(text: string, level: LogMessage['level'] = 'info'): void {
    this.#parts.onLog(this, level, text);
  }

  /** The task has spent so much on something that it has measured. */
  meter(activity: string, value: number, unit: string): void {
    this.#parts.onMeter(this, activity, value, unit);
  }

  /** The task has written to a stream of the process. */
  write(source: OutputSource, text: string): void {
    this.#parts.onWrite(this, source, text);
  }

  /**
   * Where an uploaded file or folder lies on this worker: `NAME`, or `NAME/path` for a file inside a folder.
   * @throws {@link WorkerError} `GRID_WORKER_NO_UPLOAD`.
   */
  uploadedPath(name: string): string {
    const { file, problem } = this.#parts.findUpload(name);
    if (file !== undefined) return file;
    throw new WorkerError('GRID_WORKER_NO_UPLOAD', `worker ${this.workerAddress}: ${problem}`, { details: { name } });
  }

  /** The plugins of this thread, by name. To reach for one whose setup failed throws that. */
  get plugins(): Readonly<Record<string, object | undefined>> {
    return this.#parts.plugins();
  }

  /** Leaves the slot, so that another task may run while this one goes on. */
  secede(): void {
    if (this.#hasSeceded) return;
    this.#hasSeceded = true;
    this.#parts.onSecede(this);
  }

  /** Settles when the task has a slot again: before tasks that have not begun. At once if it has not left its own. */
  async rejoin(): Promise<void> {
    if (!this.#hasSeceded) return;
    if (this.#rejoining === undefined) {
      this.#rejoining = createDeferred();
      this.#parts.onRejoin(this);
    }
    await this.#rejoining.promise;
  }

  /** It has a slot again. */
  takeSlot(): void {
    this.#hasSeceded = false;
    this.#rejoining?.resolve();
    this.#rejoining = undefined;
  }

  /** Opens the task's line to the scheduler, at which clients and tasks meet; once for each task. */
  openLine(onAnswer: (message: CoordinationAnswer) => void): TaskLine {
    return this.#parts.openLine(this, onAnswer);
  }

  /** Whether it has asked for its signal, and so may end in its own way. */
  get isListening(): boolean {
    return this.#controller !== undefined;
  }

  /** Fires {@link TaskContext.signal}. */
  abort(code: AbortMessage['code']): void {
    this.#abortedWith = code;
    this.#controller?.abort(stopReason(code, this.key));
  }
}

/** Why a task was stopped, as an error with a code. */
export function stopReason(code: AbortMessage['code'], key: string): WorkerError {
  const text =
    code === 'GRID_WORKER_TASK_TIMEOUT' ? 'ran for longer than its timeout' : 'was stopped: nobody wants its result';
  return new WorkerError(code, `task '${key}' ${text}`, { details: { key } });
}

const CONTEXT = Symbol.for('grid.task-context');

/** The storage that all threads' and packages' code of this realm finds under the well-known symbol. */
export function taskContextStorage(): AsyncLocalStorage<TaskContext> {
  const holder = globalThis as { [CONTEXT]?: AsyncLocalStorage<TaskContext> };
  return (holder[CONTEXT] ??= new AsyncLocalStorage<TaskContext>());
}

const RESCHEDULE = Symbol.for('grid.reschedule');

/** Whether what a task threw asks for it to be run elsewhere or later: an object marked with `Symbol.for('grid.reschedule')`. */
export function asksToReschedule(thrown: unknown): boolean {
  return typeof thrown === 'object' && thrown !== null && (thrown as Record<symbol, unknown>)[RESCHEDULE] === true;
}
