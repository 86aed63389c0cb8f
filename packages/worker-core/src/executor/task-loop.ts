import { payloadHasFutures, ValueDecoder, type Payload } from '@grid/protocol';

import { collectGarbage } from '../memory/collect-garbage.js';
import { ActorHost } from './actors/actor-host.js';
import { Actor } from './actors/actor-reference.js';
import { makeActor } from './actors/live-actor.js';
import { captureConsole } from './capture-console.js';
import type { CodeLoader } from './code-loader.js';
import { encodeCalled } from './encode-called.js';
import { failureOf } from './failure-of.js';
import { isThenable } from './is-thenable.js';
import { LiveValues } from './live-values.js';
import { TaskPlugins } from '../plugins/task-plugins.js';
import { TaskMarks } from './profiler/task-marks.js';
import { HOLD_BACK_MS, ResultWriter } from './result-writer.js';
import { asksToReschedule, TaskContext, taskContextStorage, type TaskContextParts } from './task-context.js';
import { TaskInputs } from './task-inputs.js';
import { TaskThread } from './task-thread.js';
import { TaskLines } from './task-lines.js';
import { METERED_BYTES_MIN, TaskMeter } from './task-meter.js';
import { TaskOutput } from './task-output.js';
import { asCallable, ThreadFunctions, withUnits } from './thread-functions.js';
import {
  CONTROL,
  isKeptLive,
  movable,
  ownerOfCall,
  RUN,
  type AbortMessage,
  type CallMessage,
  type FromThread,
  type RunExtra,
  type RunMessage,
  type ThreadSetup,
  type ToThread,
} from './thread-messages.js';

const LIVE_LIMITS = { bytesMax: 32 * 1024 * 1024, countMax: 10_000 };

/** Between two collections lies so many times what one took: a thread with a large heap has tasks to run as well. */
const COLLECTING_PAUSE = 3;

/** What a loop needs of the thread that it runs in. */
export interface TaskLoopParts {
  readonly code: CodeLoader;
  post(message: FromThread, transfer: readonly ArrayBuffer[]): void;
}

/** Tasks of one message, and how far they have been run. */
interface OpenBatch {
  readonly message: RunMessage;
  readonly inputs: TaskInputs;
  readonly length: number;
  row: number;
  /** The arguments of the task at `row` hold code: 'loading' while that is loaded. */
  preparation: 'none' | 'loading' | 'done';
  preparationError: unknown;
}

/**
 * The thread's half of an executor: runs the tasks that it is sent, in order, one at a time; those that return promises
 * wait beside the others. Collects results and sends them together: when nothing is left to do, every 1.5 ms, and before
 * a task whose function is not known to be quick.
 */
export class TaskLoop {
  readonly #control: Int32Array;
  readonly #parts: TaskLoopParts;
  readonly #contextParts: TaskContextParts;
  readonly #storage = taskContextStorage();
  readonly #live = new LiveValues(LIVE_LIMITS);
  readonly #decoder = new ValueDecoder();
  readonly #functions: ThreadFunctions;
  readonly #results: ResultWriter;
  readonly #batches: OpenBatch[] = [];
  /** Tasks that wait for promises. */
  readonly #suspended = new Map<number, TaskContext>();
  readonly #lines: TaskLines;
  readonly #thread: TaskThread;
  /** Futures in results that are kept for their sake, by task. */
  readonly #held = new WeakMap<TaskContext, ReadonlySet<object>>();
  readonly #output: TaskOutput;
  readonly #actors: ActorHost;
  /** Whether what is run here makes actors. It does so in no thread of the pool, or always. */
  #makesActors = false;
  readonly #meter: TaskMeter;
  readonly #marks: TaskMarks;
  readonly #plugins: TaskPlugins;
  readonly #endCapture: () => void;
  /** When memory may be collected again. */
  #collectAt = 0;
  #isRunning = false;
  #isFlushDue = false;

  constructor(setup: ThreadSetup, parts: TaskLoopParts) {
    this.#control = setup.control;
    this.#marks = new TaskMarks(setup.control);
    this.#parts = parts;
    this.#results = new ResultWriter(parts.code.encoder, (future) =>
      future instanceof Actor ? future.key : this.#thread.keyOfFuture(future),
    );
    this.#functions = new ThreadFunctions(parts.code, () => this.#run());
    this.#lines = new TaskLines(parts.code, (message) => parts.post(message, []));
    this.#thread = new TaskThread(setup, parts.code);
    this.#output = new TaskOutput((message) => parts.post(message, []), now);
    this.#meter = new TaskMeter((message) => parts.post(message, []));
    this.#endCapture = captureConsole();
    this.#contextParts = {
      thread: this.#thread,
      workerAddress: setup.workerAddress,
      workerName: setup.workerName,
      onSecede: ({ taskId, start }) => parts.post({ kind: 'seceded', taskId, duration: now() - start }, []),
      onRejoin: ({ taskId }) => parts.post({ kind: 'rejoin', taskId }, []),
      onLog: (context, level, text) => {
        parts.post({ kind: 'log', level, text, key: context.key }, []);
        this.#output.say(context, level, text);
      },
      onWrite: (context, source, text) => this.#output.write(context, source, text),
      onMeter: ({ taskId }, activity, value, unit) => this.#meter.add(taskId, activity, value, unit),
      openLine: ({ taskId }, onAnswer) => this.#lines.open(taskId, onAnswer),
      findUpload: (name) => parts.code.findUpload(name),
      plugins: () => this.#plugins.byName,
    };
    this.#actors = new ActorHost({
      code: parts.code,
      thread: this.#thread,
      lines: this.#lines,
      storage: this.#storage,
      marks: this.#marks,
      workerAddress: setup.workerAddress,
      post: (message) => parts.post(message, []),
      onEnded: (context) => this.#ended(context),
    });
    parts.code.setUploads(setup.uploads);
    this.#plugins = new TaskPlugins(setup, {
      code: parts.code,
      post: (message) => parts.post(message, []),
      onIdle: () => this.#run(),
    });
  }

  /** Ends what tasks have opened in this thread; one that is a thread of its own takes it along when it ends. */
  async close(): Promise<void> {
    this.#endCapture();
    await this.#thread.close();
  }

  /** Takes a message of the main side. */
  receive(message: ToThread): void {
    switch (message.kind) {
      case 'run':
        this.#accept(message);
        return;
      case 'abort':
        this.#abort(message);
        return;
      case 'slot':
        this.#suspended.get(message.taskId)?.takeSlot();
        return;
      case 'forget':
        for (const taskId of message.taskIds) this.#live.delete(taskId);
        for (const functionId of message.functionIds) this.#functions.delete(functionId);
        for (const hash of message.unitHashes) this.#functions.deleteUnit(hash);
        return;
      case 'collect':
        Atomics.store(this.#control, CONTROL.isCollectDue, 0);
        this.#collect();
        return;
      case 'call':
        void this.#call(message);
        return;
      case 'plugin':
        void this.#plugins.receive(message);
        return;
      case 'line-answer':
        this.#lines.receive(message);
        return;
      case 'uploads':
        this.#parts.code.setUploads(message.table);
        for (const part of message.functions) this.#functions.reload(part);
        return;
      default:
        this.#actors.receive(message);
    }
  }

  #collect(): void {
    const start = performance.now();
    if (start < this.#collectAt) return;
    collectGarbage();
    const end = performance.now();
    this.#collectAt = end + (end - start) * COLLECTING_PAUSE;
  }

  #abort({ taskId, code }: AbortMessage): void {
    const context = this.#suspended.get(taskId);
    context?.abort(code);
    this.#parts.post({ kind: 'aborted', taskId, isListening: context?.isListening === true }, []);
  }

  #accept(message: RunMessage): void {
    if (message.extra !== undefined) this.#introduce(message.extra);
    if (message.actorIds !== undefined) this.#makesActors = true;
    const inputs = new TaskInputs(message, {
      code: this.#parts.code.decoder,
      decoder: this.#decoder,
      live: this.#live,
    });
    const length = message.rows.length / RUN.width;
    this.#batches.push({ message, inputs, length, row: 0, preparation: 'none', preparationError: undefined });
    this.#run();
  }

  #introduce({ functions, units }: RunExtra): void {
    for (const unit of units) this.#functions.addUnit(unit);
    for (const part of functions) this.#functions.add(part);
  }

  #run(): void {
    // A task may call back into here only through the event loop, but a loader that has everything at hand need not.
    if (this.#isRunning || !this.#plugins.isIdle) return;
    this.#isRunning = true;
    Atomics.store(this.#control, CONTROL.isBusy, 1);
    let batch = this.#batches[0];
    while (batch !== undefined) {
      while (batch.row < batch.length && this.#runNext(batch));
      if (batch.row < batch.length) break;
      this.#batches.shift();
      batch = this.#batches[0];
    }
    Atomics.store(this.#control, CONTROL.isBusy, 0);
    this.#isRunning = false;
    this.#flush(false);
    if (this.#suspended.size > 0) this.#flushSoon();
  }

  /** Runs one task; `false` if it has to wait for code to be loaded. */
  #runNext(batch: OpenBatch): boolean {
    const { row, message } = batch;
    const offset = row * RUN.width;
    const fn = this.#functions.get(message.rows[offset + RUN.functionId] as number);
    if (fn.state === 'loading') return false;
    if (!this.#isPrepared(batch)) return false;
    const { preparationError } = batch;
    batch.preparation = 'none';
    batch.preparationError = undefined;
    batch.row += 1;

    const sequence = (message.firstSequence + row) | 0;
    // The main side may take back whatever has not begun; who comes first has it.
    if (Atomics.compareExchange(this.#control, CONTROL.head, sequence, (sequence + 1) | 0) !== sequence) return true;

    const taskId = message.rows[offset + RUN.taskId] as number;
    const context = this.#contextOf(message, row, taskId);
    if (fn.state === 'failed' || preparationError !== undefined) {
      this.#failed(context, fn.state === 'failed' ? fn.error : preparationError);
      return true;
    }
    // What has ended is not to wait for what may take long.
    if (!fn.isQuick && this.#results.hasEnds) this.#flush(false);
    const end = this.#runTask(context, fn.callable, batch.inputs, row);
    fn.isQuick = end - context.start < HOLD_BACK_MS;
    return true;
  }

  #contextOf(message: RunMessage, row: number, taskId: number): TaskContext {
    const task = { taskId, start: now() };
    const keyOf = (): string => keyAt(message, row);
    const actorId = message.actorIds?.[row];
    if (actorId === undefined) return new TaskContext(task, keyOf, this.#contextParts);
    return this.#actors.contextFor(actorId, task, keyOf, this.#contextParts);
  }

  /** Returns when the function let go of the thread. */
  #runTask(context: TaskContext, callable: (...args: unknown[]) => unknown, inputs: TaskInputs, row: number): number {
    let result: unknown;
    try {
      const args = inputs.argumentsOf(row, context);
      if (inputs.decodedBytes >= METERED_BYTES_MIN) {
        this.#meter.took(context.taskId, 'deserialize', now() - context.start, inputs.decodedBytes);
      }
      if (this.#makesActors) result = this.#storage.run(context, makeActor, callable, args);
      else if (this.#marks.isOn) result = this.#storage.run(context, this.#marks.of(context), callable, args);
      else result = this.#storage.run(context, Reflect.apply, callable, undefined, args);
      if (isThenable(result)) {
        this.#suspend(context, result);
        return now();
      }
    } catch (error) {
      return this.#failed(context, error);
    }
    return this.#succeeded(context, result);
  }

  #isPrepared(batch: OpenBatch): boolean {
    if (batch.preparation !== 'none') return batch.preparation === 'done';
    const payloads = batch.inputs.payloadsToPrepare(batch.row);
    if (payloads.length === 0) return true;
    batch.preparation = 'loading';
    const onPrepared = (error?: unknown): void => {
      batch.preparation = 'done';
      batch.preparationError = error;
      this.#run();
    };
    Promise.all(payloads.map((payload) => this.#prepare(payload))).then(() => onPrepared(), onPrepared);
    return false;
  }

  async #prepare(payload: Payload): Promise<void> {
    if (payloadHasFutures(payload)) await this.#thread.ensureClient();
    await this.#parts.code.prepare(payload);
  }

  #suspend(context: TaskContext, promise: PromiseLike<unknown>): void {
    const { taskId } = context;
    this.#suspended.set(taskId, context);
    this.#results.addSuspended(taskId);
    const settle = (finish: () => void): void => {
      this.#suspended.delete(taskId);
      finish();
      this.#flushSoon();
    };
    // Other realms' and libraries' promises may call back twice or at once; ours does neither.
    Promise.resolve(promise).then(
      (value) => settle(() => void this.#succeeded(context, value)),
      (error: unknown) => settle(() => void this.#failed(context, error)),
    );
  }

  #succeeded(context: TaskContext, value: unknown): number {
    if (this.#makesActors) return this.#made(context, value);
    const { taskId, start } = context;
    const end = now();
    try {
      const held = this.#held.get(context);
      const { bodyBytes, bufferCount, bufferBytes, hasFutures, unheld } = this.#results.addResult({
        taskId,
        value,
        start,
        end,
        held,
      });
      if (unheld.length > 0) {
        this.#suspend(context, this.#hold(context, value, unheld));
        return end;
      }
      const bytes = bodyBytes + bufferBytes;
      if (bytes >= METERED_BYTES_MIN) this.#meter.took(taskId, 'serialize', now() - end, bytes);
      if (!hasFutures && isKeptLive(bodyBytes, bufferCount)) this.#live.set(taskId, value, bodyBytes);
    } catch (error) {
      return this.#failed(context, error);
    }
    this.#ended(context);
    if (this.#results.isDue(end)) this.#flush(false);
    return end;
  }

  /** The object stays, and its task with it; the result is a handle. */
  #made(context: TaskContext, made: unknown): number {
    const { taskId, start } = context;
    const end = now();
    try {
      const value = this.#actors.adopt(context, made);
      this.#results.addResult({ taskId, value, start, end, held: new Set([value]) });
    } catch (error) {
      return this.#failed(context, error);
    }
    return end;
  }

  /** What futures in a result stand for has to be kept for the result's sake before they end with their task. */
  async #hold(context: TaskContext, value: unknown, futures: readonly object[]): Promise<unknown> {
    await this.#thread.holdForResult(context.taskId, futures);
    this.#held.set(context, new Set(futures));
    return value;
  }

  #failed(context: TaskContext, thrown: unknown): number {
    const { taskId, start } = context;
    if (this.#makesActors) this.#actors.giveUp(context);
    this.#ended(context);
    const end = now();
    if (asksToReschedule(thrown)) this.#results.addRescheduled(taskId);
    else this.#results.addFailure(taskId, failureOf(thrown, this.#parts.code.encoder), start, end);
    return end;
  }

  #ended(context: TaskContext): void {
    this.#lines.end(context.taskId);
    this.#output.end(context);
    this.#thread.endTask(context);
  }

  #flushSoon(): void {
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    // After the promises that settle in this turn, so that they need not be told of as waiting.
    setImmediate(() => {
      this.#isFlushDue = false;
      this.#flush(true);
    });
  }

  #flush(withSuspended: boolean): void {
    this.#meter.flush();
    const message = this.#results.take(withSuspended);
    if (message === undefined) return;
    this.#parts.post(message, movable([message.rows, message.block]));
  }

  async #call({ callId, part, units, args }: CallMessage): Promise<void> {
    const { code } = this.#parts;
    const context = new TaskContext({ taskId: ownerOfCall(callId), start: now() }, () => part.name, this.#contextParts);
    try {
      await this.#plugins.settled();
      const known = new Map(units.map((unit) => [unit.hash, unit]));
      const callable = asCallable(await code.load(withUnits(part, known)));
      await code.prepare(args);
      const values =
        args.body.length === 0 ? [] : (new ValueDecoder().decode(args, { code: code.decoder }) as unknown[]);
      const result: unknown = await this.#storage.run(context, callable, ...values);
      this.#parts.post({ kind: 'called', callId, value: encodeCalled(result, code), failure: null }, []);
    } catch (error) {
      this.#parts.post({ kind: 'called', callId, value: null, failure: failureOf(error, code.encoder) }, []);
    } finally {
      this.#ended(context);
    }
  }
}

function keyAt({ keys, rows }: RunMessage, row: number): string {
  const start = row === 0 ? 0 : (rows[(row - 1) * RUN.width + RUN.keyEnd] as number);
  return keys.slice(start, rows[row * RUN.width + RUN.keyEnd]);
}

const origin = performance.timeOrigin;

function now(): number {
  return origin + performance.now();
}
