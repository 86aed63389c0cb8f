import type { Transports } from '@grid/comm';
import type {
  CoordinationAnswer,
  CoordinationCall,
  DecodeOptions,
  EncodeOptions,
  FunctionDecoder,
  FunctionEncoder,
  Payload,
} from '@grid/protocol';

import { ClientError } from '../errors.js';

/** What a running task can learn about itself. */
export interface TaskContext {
  /** The task's name on the cluster. */
  readonly key: string;
  /** Fires when the task is cancelled or its time is up; what does not listen is ended a moment later. */
  readonly signal: AbortSignal;
  /** The address of the worker that runs it. */
  readonly workerAddress: string;
  /** Where an upload lies on this worker; see {@link uploadedPath}. */
  uploadedPath(name: string): string;
  /**
   * Writes a line to the task's log, see {@link Future.logs}, and to the worker's.
   * @param level - `info` by default
   */
  log(message: string, level?: 'debug' | 'info' | 'warn' | 'error'): void;
  /** @internal See {@link contextMeter}; workers of earlier versions have none. */
  meter?(activity: string, value: number, unit: string): void;
  /** @internal The plugins of this thread, by name; see `getWorker`. */
  readonly plugins: Readonly<Record<string, object | undefined>>;
  /** @internal The scheduler's id of the task; negative for a function that runs outside of any. */
  readonly taskId: number;
  /** @internal The thread that runs it. */
  readonly thread: TaskThread;
  /** @internal Leaves the slot, so that another task may run while this one goes on. */
  secede(): void;
  /** @internal Settles when the task has a slot again. */
  rejoin(): Promise<void>;
  /** @internal The way to the names that tasks and clients share; see `Lock`, `Queue` and their like. */
  openLine(onAnswer: (message: CoordinationAnswer) => void): TaskLine;
}

/** @internal A task's line to the scheduler, by way of its worker. It ends with the task. */
export interface TaskLine {
  send(message: CoordinationCall): void;
  encode(value: unknown, futures?: Pick<EncodeOptions, 'referenceOf' | 'keyOfFuture'>): Payload;
  decode(payload: Payload, futures?: Pick<DecodeOptions, 'resolveReference' | 'futureOf'>): Promise<unknown>;
}

/** @internal What the thread of a task offers a client that lives in it. */
export interface TaskThread {
  readonly workerName: string;
  readonly schedulerAddress: string;
  readonly token: string | null;
  /** Ways to reach others that only this process has; `null`: tcp. */
  readonly transports: Transports | null;
  readonly encoder: FunctionEncoder;
  readonly decoder: FunctionDecoder;
  /** Ties a client to the thread, for as long as either lives. */
  attach(client: ThreadClient): void;
  /** Sees to it that there is a client in the thread. */
  ensureClient(): Promise<void>;
  keyOfFuture(future: object): string | undefined;
  futureOf(key: string, task: TaskContext, actor?: unknown): object;
  /** Settles when the scheduler has heard what the clients of this thread have said so far. */
  flush(): Promise<void>;
}

/** @internal A client that lives in a thread of a worker. */
export interface ThreadClient {
  /** A task is over. */
  endTask(task: TaskContext): void;
  keyOfFuture(future: object): string | undefined;
  futureOf(key: string, task: TaskContext, actor?: unknown): object;
  holdForResult(taskId: number, futures: readonly object[]): Promise<void>;
  flush(): Promise<void>;
  /** The thread ends. */
  close(): Promise<void>;
}

/** Where worker threads put the way to the current task's context. Part of what client and worker agree on. */
const TASK_CONTEXT = Symbol.for('grid.task-context');

interface ContextHolder {
  getStore(): TaskContext | undefined;
  exit<T>(run: () => T): T;
}

function holder(): ContextHolder | undefined {
  return (globalThis as Record<symbol, ContextHolder | undefined>)[TASK_CONTEXT];
}

/** The context of the task that this code runs in; `undefined` outside of tasks. */
export function getTask(): TaskContext | undefined {
  return holder()?.getStore();
}

/** @internal Runs something that is not a task's doing, though it may have been caused by one. */
export function outsideOfTasks<T>(run: () => T): T {
  const contexts = holder();
  return contexts === undefined ? run() : contexts.exit(run);
}

/** The address of the worker that this code runs on; `undefined` outside of workers. */
export function getWorkerAddress(): string | undefined {
  return getTask()?.workerAddress;
}

/**
 * Where an uploaded file or folder lies on the worker that this code runs on: for data that is not imported.
 *
 * @param name - `NAME`, or `NAME/path` for a file inside an uploaded folder.
 * @returns An absolute path. What is there stays until the name has been uploaded twice more.
 * @throws `WorkerError` `GRID_WORKER_NO_UPLOAD` if nothing of this name was uploaded; {@link ClientError}
 * `GRID_CLIENT_NOT_IN_TASK` outside of tasks.
 *
 * @example
 * ```ts
 * await client.uploadFile('zones.csv');
 * client.submit(() => readFileSync(uploadedPath('zones.csv'), 'utf8').length, []);
 * ```
 */
export function uploadedPath(name: string): string {
  const task = getTask();
  if (task !== undefined) return task.uploadedPath(name);
  throw new ClientError(
    'GRID_CLIENT_NOT_IN_TASK',
    `uploadedPath('${name}') outside of a task: uploads lie on workers`,
    {
      details: { name },
    },
  );
}
