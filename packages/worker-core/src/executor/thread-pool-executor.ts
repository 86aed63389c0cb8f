import { COMPUTE_FLAGS, type CoordinationAnswer, type Payload, type UploadTable } from '@grid/protocol';

import { WorkerError } from '../errors.js';
import { ThreadPlugins } from '../plugins/thread-plugins.js';
import type { StoredValue } from '../store/data-store.js';
import { isActorOwner } from './actors/actor-messages.js';
import { ActorThreads } from './actors/actor-threads.js';
import { readCallStacks } from './call-stacks.js';
import { CallThread } from './call-thread.js';
import type {
  CallOutcome,
  Executor,
  ExecutorEvents,
  FunctionCall,
  FunctionPart,
  RunStack,
  RunTimes,
  TaskToRun,
  UnitPart,
  ThreadMemory,
  WorkerIdentity,
} from './executor.js';
import { failureOf } from './failure-of.js';
import { ForgetOutbox } from './forget-outbox.js';
import { takeLostRuns, threadLostError } from './lost-runs.js';
import { packRunMessage, sendableFunction } from './pack-run-message.js';
import { Run, threadOfRun, type PoolThread } from './pool-thread.js';
import { ThreadProfiler } from './profiler/thread-profiler.js';
import { RunStopper } from './run-stopper.js';
import { RunWatch } from './run-watch.js';
import { stopReason } from './task-context.js';
import { ThreadInspector } from './thread-inspector.js';
import type { StartThread } from './thread-link.js';
import { isKeptLive, ownerOfCall, type DoneExtra, type DoneMessage, type FromThread } from './thread-messages.js';
import { THREAD_POOL_DEFAULTS, type ThreadPoolOptions } from './thread-pool-options.js';
import { ThreadPool } from './thread-pool.js';
import { unpackResults } from './unpack-results.js';

/** A task that was under way in this many threads when they were lost fails, whoever's fault it was. */
const LOSSES_MAX = 3;

const NEVER_RAN: RunTimes = { start: 0, duration: 0 };

export interface ThreadPoolParts {
  readonly startThread: StartThread;
}

/**
 * Runs tasks in a fixed number of threads, each of which can be ended at any time and is then replaced.
 *
 * What is to be run in one turn of the event loop goes to each thread as one message. A task that has not begun can be
 * taken back from its thread at any time: that is how it is stopped, and how it gets out from behind a slow one.
 */
export class ThreadPoolExecutor implements Executor {
  readonly threads: number;
  readonly plugins = new ThreadPlugins();
  readonly #options: Required<ThreadPoolOptions>;
  readonly #functions = new Map<number, FunctionPart>();
  readonly #units = new Map<string, UnitPart>();
  /** How often the threads of tasks were lost that are still to be run. */
  readonly #losses = new Map<number, number>();
  readonly #pool: ThreadPool;
  readonly #watch: RunWatch;
  readonly #inspector = new ThreadInspector((threadId) => !this.#pool.has(threadId));
  readonly #stopper: RunStopper;
  readonly #calls: CallThread;
  readonly #forget: ForgetOutbox;
  readonly actors: ActorThreads;
  readonly profiler: ThreadProfiler;
  #events: ExecutorEvents | undefined;
  #isFlushDue = false;
  #workerAddress = '';
  #isClosed = false;

  constructor(options: ThreadPoolOptions, { startThread }: ThreadPoolParts) {
    this.threads = options.threads;
    this.#options = { ...THREAD_POOL_DEFAULTS, ...options };
    this.#pool = new ThreadPool(
      { size: options.threads, root: options.root, executors: this.#options.executors },
      this.plugins.starting(startThread),
      {
        onMessage: (thread, message) => this.#onMessage(thread, message),
        onLost: (thread, error) => this.#onLost(thread, error),
        onBroken: (error) => this.#tell()?.onBroken(error),
      },
    );
    this.profiler = new ThreadProfiler(() => this.#pool.allThreads());
    this.#forget = new ForgetOutbox(() => this.#pool.takingThreads());
    this.actors = new ActorThreads({
      threadsMax: Math.max(options.threads, this.#options.actorThreads),
      pool: this.#pool,
      events: () => this.#tell(),
      workerAddress: () => this.#workerAddress,
      flushSoon: () => this.#flushSoon(),
    });
    this.#watch = new RunWatch(this.#options, this.#pool.threads, {
      onBegun: (run) => this.#startTimeout(run),
      onOverdue: (thread, run) => this.#onOverdue(thread, run),
    });
    this.#stopper = new RunStopper(this.#options, this.#pool, {
      onEnded: (run) => {
        this.#finish(run);
        this.#reportEnded(run, NEVER_RAN);
      },
      onReturned: (run) => this.#return(run),
      onRecalled: (run) => this.#assign(run),
    });
    this.#calls = new CallThread((events) => this.#pool.startBeside(events), {
      onLog: ({ level, text, key }) => this.#tell()?.onLog(level, text, key),
      onOutput: (piece) => this.#tell()?.onOutput(piece),
      onActivities: ({ rows }) => this.#tell()?.onActivities(rows),
      onLineCall: ({ owner, message }) => this.#tell()?.onLineCall(owner, message),
      onCallEnd: (callId) => this.#tell()?.onLineEnd(ownerOfCall(callId)),
    });
  }

  async start(events: ExecutorEvents, identity: WorkerIdentity): Promise<void> {
    this.#events = events;
    this.#workerAddress = identity.workerAddress;
    await this.#pool.start(identity);
  }

  addFunctions(functions: readonly FunctionPart[], units: readonly UnitPart[]): void {
    for (const part of functions) this.#functions.set(part.id, part);
    for (const part of units) this.#units.set(part.hash, part);
  }

  freeFunctions(functionIds: ArrayLike<number>, unitHashes: readonly string[]): void {
    for (const functionId of Array.from(functionIds)) {
      this.#functions.delete(functionId);
      this.#forget.forgetFunction(functionId);
    }
    for (const hash of unitHashes) {
      this.#units.delete(hash);
      this.#forget.forgetUnit(hash);
    }
  }

  execute(task: TaskToRun, inputs: readonly StoredValue[]): void {
    if ((task.flags & COMPUTE_FLAGS.actor) !== 0) this.actors.assign(task, inputs);
    else this.#assign(new Run(task, inputs));
  }

  stop(task: TaskToRun): void {
    const run = this.#pool.findRun(task.taskId);
    if (run === undefined) return;
    if (run.actorId >= 0) {
      this.actors.stop(run, 'stopped');
      return;
    }
    const thread = threadOfRun(run);
    if (!thread.hasBegun(run)) {
      const recalled = thread.recall();
      for (const other of recalled) if (other !== run) this.#assign(other);
      if (recalled.includes(run)) {
        this.#forgetRun(run);
        queueMicrotask(() => this.#tell()?.onReturned(task));
        return;
      }
    }
    this.#stopper.end(run, 'stopped');
  }

  setUploads(table: UploadTable): void {
    if (this.#isClosed) return;
    // What has been assigned in this turn is from before.
    this.#flush();
    this.#pool.uploads = table;
    for (const thread of this.#pool.allThreads()) {
      const functions = Array.from(thread.knownFunctions, (id) => this.#functions.get(id)).filter(isKnown);
      thread.link?.post({ kind: 'uploads', table, functions: functions.map(sendableFunction) }, []);
    }
    this.#calls.setUploads(table);
  }

  grantSlot({ taskId }: TaskToRun): void {
    const run = this.#pool.findRun(taskId);
    if (run === undefined) return;
    run.hasSeceded = false;
    threadOfRun(run).link?.post({ kind: 'slot', taskId }, []);
  }

  forgetValue(taskId: number, { body, buffers }: Payload): void {
    if (!isKeptLive(body.length, buffers.length)) return;
    this.#forget.forgetValue(taskId);
  }

  memoryUsage(): ThreadMemory {
    let heap = 0;
    let external = 0;
    for (const { memoryUsage } of this.#pool.takingThreads()) {
      heap += memoryUsage.heap;
      external += memoryUsage.external;
    }
    return { heap, external };
  }

  collectGarbage(): void {
    for (const thread of this.#pool.takingThreads()) {
      this.#forget.send(thread);
      if (thread.askToCollect()) thread.link?.post({ kind: 'collect' }, []);
    }
  }

  async callStacks(taskIds: readonly number[] | null): Promise<readonly RunStack[]> {
    const wanted = taskIds === null ? null : new Set(taskIds);
    return readCallStacks([...this.#pool.allThreads()], wanted, this.#inspector);
  }

  async call(call: FunctionCall, signal: AbortSignal): Promise<CallOutcome> {
    if (this.#isClosed) throw new WorkerError('GRID_WORKER_CLOSED', 'the worker is closed and runs nothing any more');
    return this.#calls.call(call, signal);
  }

  answerLine(owner: number, message: CoordinationAnswer): void {
    if (isActorOwner(owner)) this.actors.answerLine(owner, message);
    else if (owner < 0) this.#calls.answerLine(owner, message);
    else this.#pool.findRun(owner)?.thread?.link?.post({ kind: 'line-answer', owner, message }, []);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.profiler.stop();
    this.#forget.close();
    this.actors.close();
    this.#watch.stop();
    this.#stopper.close();
    await this.plugins.close();
    await Promise.all([this.#pool.close(), this.#calls.close()]);
  }

  /** Nobody is told anything after `close`. */
  #tell(): ExecutorEvents | undefined {
    return this.#isClosed ? undefined : this.#events;
  }

  #assign(run: Run): void {
    this.#pool.freest(run.task.executor).add(run);
    this.#flushSoon();
  }

  #flushSoon(): void {
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    // At the end of what is being handled now, which is mostly a message with many tasks or many results.
    queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    this.#isFlushDue = false;
    if (this.#isClosed) return;
    const parts = { functions: this.#functions, units: this.#units };
    for (const thread of this.#pool.takingThreads()) {
      if (thread.outgoing.length === 0) continue;
      this.#forget.send(thread);
      const { message, transfer } = packRunMessage(thread, thread.takeOutgoing(), parts);
      thread.link?.post(message, transfer);
    }
    this.#watch.start();
  }

  #onMessage(thread: PoolThread, message: FromThread): void {
    thread.heardCount += 1;
    switch (message.kind) {
      case 'done':
        this.#onDone(thread, message);
        return;
      case 'seceded': {
        const run = thread.runs.get(message.taskId);
        if (run === undefined) return;
        run.hasSeceded = true;
        // The thread that it keeps is missing now, however long it was expected to keep it.
        run.isOverdue = false;
        this.#watch.start();
        this.#tell()?.onSeceded(run.task, message.duration);
        return;
      }
      case 'rejoin': {
        const run = thread.runs.get(message.taskId);
        if (run !== undefined) this.#tell()?.onRejoin(run.task);
        return;
      }
      case 'aborted':
        this.#stopper.onAborted(thread, message);
        return;
      case 'log':
        this.#tell()?.onLog(message.level, message.text, message.key);
        return;
      case 'output':
        this.#tell()?.onOutput(message);
        return;
      case 'activities':
        this.#tell()?.onActivities(message.rows);
        return;
      case 'line-call':
        if (thread.runs.has(message.owner) || isActorOwner(message.owner))
          this.#tell()?.onLineCall(message.owner, message.message);
        return;
      case 'actor-answers':
        this.actors.onAnswers(message);
        return;
      case 'ready':
      case 'called':
      case 'plugin-done':
        return;
    }
  }

  /** A run that was given up may still end in its thread; it is not among its runs then, and that concerns nobody. */
  #onDone(thread: PoolThread, message: DoneMessage): void {
    const { extra } = message;
    if (extra !== undefined) this.#onSuspended(thread, extra.suspended);
    unpackResults(thread.typeNames, message, ({ taskId, payload, typeName, times }) => {
      const run = thread.runs.get(taskId);
      if (run === undefined) return;
      this.#finish(run);
      this.actors.settle(run, thread);
      if (run.ending === 'timeout') this.#reportEnded(run, times);
      else this.#tell()?.onSuccess(run.task, payload, typeName, times);
    });
    if (extra !== undefined) this.#onExtraEnds(thread, extra);
    this.#pool.endIfIdle(thread);
    if (thread.isForActors) this.actors.onRunEnd(thread);
  }

  #onExtraEnds(thread: PoolThread, { failures, rescheduled }: DoneExtra): void {
    for (const { taskId, failure, start, duration } of failures) {
      const run = thread.runs.get(taskId);
      if (run === undefined) continue;
      this.#finish(run);
      if (run.ending === 'no') this.#tell()?.onFailure(run.task, failure, { start, duration });
      else this.#reportEnded(run, { start, duration });
    }
    for (const taskId of rescheduled) {
      const run = thread.runs.get(taskId);
      if (run === undefined) continue;
      this.#finish(run);
      this.#tell()?.onRescheduled(run.task);
    }
  }

  #onSuspended(thread: PoolThread, taskIds: readonly number[]): void {
    for (const taskId of taskIds) {
      const run = thread.runs.get(taskId);
      if (run === undefined || run.isSuspended) continue;
      thread.suspend(run);
      this.profiler.onSuspended(thread, run);
      this.#startTimeout(run);
      this.#tell()?.onSuspended(run.task);
    }
  }

  #onOverdue(thread: PoolThread, run: Run): void {
    if (run.hasSeceded) this.#pool.retire(thread);
    else this.#tell()?.onOverdue(run.task);
    // Whoever decides what runs may find a better place for them.
    for (const other of thread.recall()) this.#return(other);
  }

  #startTimeout(run: Run): void {
    const { timeoutMs } = run.task;
    if (timeoutMs > 0 && run.timer === undefined)
      run.timer = setTimeout(() => this.#stopper.end(run, 'timeout'), timeoutMs).unref();
  }

  #onLost(thread: PoolThread, error: unknown): void {
    if (thread.isForActors) {
      this.actors.onLost(thread, error);
      return;
    }
    const { culprit, begun, recalled } = takeLostRuns(thread);
    if (culprit !== undefined) {
      this.#forgetRun(culprit);
      if (culprit.ending === 'no') this.#fail(culprit, error, thread);
      else this.#reportEnded(culprit, NEVER_RAN);
    }
    for (const run of begun) {
      const losses = (this.#losses.get(run.task.taskId) ?? 0) + 1;
      if (losses >= LOSSES_MAX) {
        this.#forgetRun(run);
        this.#fail(run, error, thread);
        continue;
      }
      this.#return(run);
      this.#losses.set(run.task.taskId, losses);
    }
    for (const run of recalled) this.#return(run);
  }

  #fail({ task }: Run, error: unknown, { memoryUsage, heapLimit }: PoolThread): void {
    const lost = threadLostError(error, task.key, { ...memoryUsage, heapLimit });
    this.#tell()?.onFailure(task, failureOf(lost), NEVER_RAN);
  }

  #reportEnded({ task, ending }: Run, times: RunTimes): void {
    if (ending === 'timeout') {
      const error = stopReason('GRID_WORKER_TASK_TIMEOUT', task.key);
      this.#tell()?.onFailure(task, failureOf(error), times);
    } else {
      this.#tell()?.onReturned(task);
    }
  }

  #return(run: Run): void {
    this.#forgetRun(run);
    this.#tell()?.onReturned(run.task);
  }

  #finish(run: Run): void {
    run.thread?.release(run);
    this.#forgetRun(run);
  }

  #forgetRun(run: Run): void {
    if (run.timer !== undefined) clearTimeout(run.timer);
    if (this.#losses.size > 0) this.#losses.delete(run.task.taskId);
  }
}

function isKnown(part: FunctionPart | undefined): part is FunctionPart {
  return part !== undefined;
}
