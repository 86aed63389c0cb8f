import { invariant, messageOf } from '@grid/common';
import { NO_UPLOADS, type UploadTable } from '@grid/protocol';

import { WorkerError } from '../errors.js';
import type { WorkerIdentity } from './executor.js';
import { PoolThread, type Run } from './pool-thread.js';
import type { StartThread, ThreadLink, ThreadLinkEvents } from './thread-link.js';
import type { FromThread, ThreadSetup } from './thread-messages.js';

/** A thread that ends before it is ready is started again at most so many times in a row. */
const STARTS_MAX = 3;

export interface ThreadPoolEvents {
  onMessage(thread: PoolThread, message: FromThread): void;
  /** The thread ended unasked. It has been replaced already; its runs are still in it. */
  onLost(thread: PoolThread, error: unknown): void;
  /** Threads that are to take the place of others do not start: there will be fewer and fewer. Told once. */
  onBroken(error: WorkerError): void;
}

/** How many threads there are, and where their code is. */
export interface ThreadPoolSize {
  readonly size: number;
  /** Further ones, which run nothing but what is for them. */
  readonly executors: Readonly<Record<string, number>>;
  readonly root: string;
}

/** A fixed number of threads: those that end, or are ended, are replaced. */
export class ThreadPool {
  /** Those that take tasks. The same array all the time. */
  readonly threads: PoolThread[] = [];
  readonly #size: number;
  readonly #executors: Readonly<Record<string, number>>;
  readonly #root: string;
  readonly #startThread: StartThread;
  readonly #events: ThreadPoolEvents;
  readonly #retiring = new Set<PoolThread>();
  /** Beside the pool: what is run there is not chosen here, and nobody takes their place. */
  readonly #extra = new Set<PoolThread>();
  readonly #terminations = new Set<Promise<void>>();
  #identity: WorkerIdentity | undefined;
  /** What threads are told of uploads when they start. */
  uploads: UploadTable = NO_UPLOADS;
  #started: { resolve: () => void; reject: (error: unknown) => void } | undefined;
  #failedStarts = 0;
  /** A thread has been ready. */
  #hasStarted = false;
  #isBroken = false;
  #isClosed = false;

  constructor(options: ThreadPoolSize, startThread: StartThread, events: ThreadPoolEvents) {
    this.#size = options.size;
    this.#executors = options.executors;
    this.#root = options.root;
    this.#startThread = startThread;
    this.#events = events;
  }

  /** Resolves when one thread is ready. @throws `GRID_WORKER_THREAD_FAILED` */
  async start(identity: WorkerIdentity): Promise<void> {
    this.#identity = identity;
    const started = new Promise<void>((resolve, reject) => {
      this.#started = { resolve, reject };
    });
    for (let index = 0; index < this.#size; index += 1) this.threads.push(this.#spawn(''));
    for (const [executor, count] of Object.entries(this.#executors)) {
      for (let index = 0; index < count; index += 1) this.threads.push(this.#spawn(executor));
    }
    await started;
  }

  /** A thread of the same kind, outside of the pool. */
  startBeside(events: ThreadLinkEvents): ThreadLink {
    return this.#startThread(this.#setup(new PoolThread()), events);
  }

  /** A thread of the same kind beside the pool, whose news come with those of the pool. */
  startExtra(): PoolThread {
    const thread = this.#spawn('');
    thread.isForActors = true;
    this.#extra.add(thread);
    return thread;
  }

  /** Those that take something to run. */
  *takingThreads(): Generator<PoolThread> {
    yield* this.threads;
    yield* this.#extra;
  }

  /** All that may still run something, also those that take no more tasks. */
  *allThreads(): Generator<PoolThread> {
    yield* this.takingThreads();
    yield* this.#retiring;
  }

  /** Whether the thread with this number, as Node counts them, is there, and is not being ended. */
  has(threadId: number): boolean {
    for (const { link, isEnding } of this.allThreads()) if (link?.threadId === threadId) return !isEnding;
    return false;
  }

  /** The thread of this executor that is expected to be free first. */
  freest(executor: string): PoolThread {
    let best: PoolThread | undefined;
    for (const thread of this.threads) {
      if (thread.executor === executor && (best === undefined || isFreeBefore(thread, best))) best = thread;
    }
    // A task names an executor only where the worker has said that it has it.
    invariant(best !== undefined, `the pool has no thread of the executor '${executor}'`);
    return best;
  }

  /** The run of a task that is under way in any thread. */
  findRun(taskId: number): Run | undefined {
    for (const thread of this.allThreads()) {
      const run = thread.runs.get(taskId);
      if (run !== undefined) return run;
    }
    return undefined;
  }

  /** Takes `thread` out of the pool, another one in; what it still runs may end. */
  retire(thread: PoolThread): void {
    if (!this.#replace(thread)) return;
    thread.isRetiring = true;
    this.#retiring.add(thread);
    this.endIfIdle(thread);
  }

  /** Ends a retiring thread that has nothing left to do. */
  endIfIdle(thread: PoolThread): void {
    if (thread.isRetiring && thread.runs.size === 0) this.end(thread);
  }

  /** Ends `thread` whatever it does. */
  end(thread: PoolThread): void {
    thread.isEnding = true;
    this.#replace(thread);
    this.#retiring.delete(thread);
    this.#extra.delete(thread);
    const termination = (thread.link?.terminate() ?? Promise.resolve()).finally(() =>
      this.#terminations.delete(termination),
    );
    this.#terminations.add(termination);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const thread of [...this.threads.splice(0), ...this.#extra, ...this.#retiring]) {
      for (const run of thread.runs.values()) clearTimeout(run.timer);
      this.end(thread);
    }
    await Promise.all(this.#terminations);
  }

  /** `false`: it was not in the pool any more. */
  #replace(thread: PoolThread): boolean {
    const index = this.threads.indexOf(thread);
    if (index < 0) return false;
    this.threads[index] = this.#spawn(thread.executor);
    return true;
  }

  #spawn(executor: string): PoolThread {
    const thread = new PoolThread(executor);
    thread.link = this.#startThread(this.#setup(thread), {
      onMessage: (message) => {
        if (message.kind === 'ready') this.#onReady(thread);
        if (!this.#isClosed) this.#events.onMessage(thread, message);
      },
      onEnd: (error) => this.#onEnd(thread, error),
    });
    return thread;
  }

  #onReady(thread: PoolThread): void {
    thread.isReady = true;
    this.#failedStarts = 0;
    this.#hasStarted = true;
    this.#started?.resolve();
  }

  #onEnd(thread: PoolThread, error: unknown): void {
    thread.isEnding = true;
    if (this.#isClosed) return;
    this.#retiring.delete(thread);
    this.#extra.delete(thread);
    const index = this.threads.indexOf(thread);
    // A thread that a task has ended had started well: several of them at a time say nothing about the next.
    if (!thread.isReady) this.#failedStarts += 1;
    if (this.#failedStarts > STARTS_MAX) {
      // Nothing can be run here for long: whoever waits for the start, or is told, closes the worker.
      this.#giveUp(error);
    } else if (index >= 0) {
      this.threads[index] = this.#spawn(thread.executor);
    }
    this.#events.onLost(thread, error);
  }

  #giveUp(cause: unknown): void {
    const error = new WorkerError(
      'GRID_WORKER_THREAD_FAILED',
      `the threads for tasks cannot be started: ${messageOf(cause)}`,
      { cause },
    );
    if (!this.#hasStarted) this.#started?.reject(error);
    else if (!this.#isBroken) this.#events.onBroken(error);
    this.#isBroken = true;
  }

  #setup(thread: PoolThread): ThreadSetup {
    const identity = this.#identity;
    invariant(identity !== undefined, 'a thread is started before its pool');
    return { control: thread.control, root: this.#root, ...identity, uploads: this.uploads };
  }
}

function isFreeBefore(a: PoolThread, b: PoolThread): boolean {
  if (a.isStuck !== b.isStuck) return b.isStuck;
  return a.pendingMs < b.pendingMs;
}
