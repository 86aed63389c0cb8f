import { Transports } from '@grid/comm';
import { COMPUTE_FLAGS, decodeError, decodeValue, encodeValue, type Payload } from '@grid/protocol';

import type { ActorAnswers } from '../executor/actors/actor-port.js';
import type { CallOutcome, Executor, FunctionPart, TaskToRun, UnitPart, TaskActivity } from '../executor/executor.js';
import type { StoredValue } from '../store/data-store.js';
import type { MemoryStore } from '../store/memory-store.js';

const NO_DEPENDENCIES: readonly { readonly taskId: number }[] = [];

/** What a handle of an actor is for these tests: what is known of it. */
const futureOf = (_key: string, actor?: unknown): object => actor ?? {};

/** Stands for the value of another task in a test's arguments. */
export class Needs {
  constructor(readonly taskId: number) {}
}

/** How one execution ended, and what was told of it before. */
export interface Outcome {
  readonly end: 'success' | 'failure' | 'rescheduled' | 'returned';
  readonly value?: unknown;
  readonly error?: unknown;
  readonly typeName?: string;
}

export interface TestTask {
  readonly timeoutMs?: number;
  readonly executor?: string;
  readonly estimateMs?: number;
  readonly makesActor?: boolean;
}

/** What came of one call of an actor. */
export type CallResult = { readonly value: unknown } | { readonly error: unknown };

/** Runs texts of functions in an executor and waits for what it tells. Waits are bounded by the test's own time limit. */
export class ExecutorHarness {
  readonly store: MemoryStore;
  readonly executor: Executor;
  /** What was told besides ends: `suspended 3`, in order. */
  readonly notes: string[] = [];
  /** What tasks spent time and bytes on. */
  readonly activities: TaskActivity[] = [];
  /**
   * Whether tasks that come back although nobody stopped them run again, as a worker would have it. On a machine that is
   * busy with other things any task may look slow, and what is behind it come back.
   */
  reruns = false;
  /** Called in the moment in which a task ends: a worker begins the next one then. */
  onEnd: (taskId: number) => void = () => {};
  readonly #stopped = new Set<number>();
  readonly #waiting = new Map<number, (outcome: Outcome) => void>();
  readonly #watchers: (() => void)[] = [];
  readonly #tasks = new Map<number, TaskToRun>();
  readonly #calls = new Map<string, (result: CallResult) => void>();
  #lastCall = 0;
  #lastFunction = 0;
  #lastTask = 0;

  constructor(executor: Executor, store: MemoryStore) {
    this.executor = executor;
    this.store = store;
  }

  async start(): Promise<void> {
    await this.executor.start(
      {
        onSuccess: ({ taskId, key }, payload, typeName) => {
          this.store.put(taskId, key, payload);
          this.#end(taskId, { end: 'success', value: decodeValue(payload, { futureOf }), typeName });
        },
        onFailure: ({ taskId }, failure) => this.#end(taskId, { end: 'failure', error: decodeError(failure.error) }),
        onRescheduled: ({ taskId }) => this.#end(taskId, { end: 'rescheduled' }),
        onReturned: ({ taskId }) => this.#onReturned(taskId),
        onSuspended: ({ taskId }) => this.#note(`suspended ${String(taskId)}`),
        onOverdue: ({ taskId }) => this.#note(`overdue ${String(taskId)}`),
        onRejoin: (task) => this.executor.grantSlot(task),
        onSeceded: ({ taskId }) => this.#note(`seceded ${String(taskId)}`),
        onLog: (level, text, key) => this.#note(`log ${level} ${text} ${key}`),
        onActivities: (rows) => void this.activities.push(...rows),
        onOutput: ({ source, text, key }) => this.#note(`output ${source} ${text} ${key}`),
        onLineCall: (_owner, message) => this.#note(`line ${message.op}`),
        onLineEnd: () => this.#note('line end'),
        onActorAnswers: (line, answers) => this.#onActorAnswers(line, answers),
        onBroken: ({ code }) => this.#note(`broken ${code}`),
        onActorLost: (_actorId, taskId, { message }) => this.#note(`lost ${String(taskId)} ${message}`),
      },
      {
        workerAddress: 'tcp://127.0.0.1:1',
        workerName: 'test',
        schedulerAddress: 'tcp://127.0.0.1:2',
        token: null,
        transports: new Transports([]),
      },
    );
  }

  /** Makes a function of this text known and returns its number. */
  define(text: string): number {
    this.#lastFunction += 1;
    this.executor.addFunctions([this.part(text, this.#lastFunction)], []);
    return this.#lastFunction;
  }

  /** Makes a function known whose text begins with that of code which others may need too. */
  defineWith(units: readonly UnitPart[], text: string, isKnown = false): number {
    this.#lastFunction += 1;
    const part = { ...this.part(text, this.#lastFunction), units: units.map(({ hash }) => hash) };
    this.executor.addFunctions([part], isKnown ? [] : units);
    return this.#lastFunction;
  }

  part(text: string, id = 0): FunctionPart {
    return { id, hash: text, name: 'f', payload: { body: new TextEncoder().encode(text), buffers: [] }, units: [] };
  }

  /** Starts a task of a function that is known. */
  execute(
    functionId: number,
    args: readonly unknown[] = [],
    options: TestTask = {},
  ): { taskId: number; ended: Promise<Outcome> } {
    const taskId = (this.#lastTask += 1);
    const dependencies: { taskId: number }[] = [];
    const referenceOf = (value: object): number | undefined =>
      value instanceof Needs ? dependencies.push({ taskId: value.taskId }) - 1 : undefined;
    const payload: Payload | undefined = args.length === 0 ? undefined : encodeValue(args, { referenceOf });
    const task: TaskToRun = {
      taskId,
      runId: 1000 + taskId,
      flags: options.makesActor === true ? COMPUTE_FLAGS.actor : 0,
      key: `task-${String(taskId)}`,
      functionId,
      argsBlock: payload?.body ?? null,
      argsStart: 0,
      argsEnd: payload?.body.length ?? 0,
      argsBuffers: payload === undefined || payload.buffers.length === 0 ? null : payload.buffers,
      dependencies: dependencies.length === 0 ? NO_DEPENDENCIES : dependencies,
      executor: options.executor ?? '',
      timeoutMs: options.timeoutMs ?? 0,
      estimateMs: options.estimateMs ?? 0.5,
    };
    this.#tasks.set(taskId, task);
    const ended = new Promise<Outcome>((resolve) => this.#waiting.set(taskId, resolve));
    this.#give(task);
    return { taskId, ended };
  }

  /** Runs a task of a function of this text. */
  run(text: string, args: readonly unknown[] = [], options: TestTask = {}): Promise<Outcome> {
    return this.execute(this.define(text), args, options).ended;
  }

  stop(taskId: number): void {
    this.#stopped.add(taskId);
    this.executor.stop(this.#tasks.get(taskId) as TaskToRun);
  }

  call(text: string, args: readonly unknown[], signal = new AbortController().signal): Promise<CallOutcome> {
    return this.executor.call({ part: this.part(text), units: [], args: encodeValue(args) }, signal);
  }

  /** Calls a member of the actor that this task has made, or reads it. */
  callActor(taskId: number, member: string, args: readonly unknown[] | 'read' = [], line = 1): Promise<CallResult> {
    const callId = (this.#lastCall += 1);
    const isRead = args === 'read';
    const payload = isRead || args.length === 0 ? undefined : encodeValue(args);
    const outcome = new Promise<CallResult>((resolve) => this.#calls.set(`${String(line)}/${String(callId)}`, resolve));
    this.executor.actors.call(line, {
      op: 'actor-calls',
      callIds: [callId],
      actors: [1000 + taskId],
      members: [0],
      reads: [isRead ? 1 : 0],
      names: [member],
      args: { block: payload?.body ?? new Uint8Array(0), ends: [payload?.body.length ?? 0], buffers: [] },
    });
    return outcome;
  }

  /** Says that these were uploaded, by name and path. */
  setUploads(uploads: Readonly<Record<string, string>>): void {
    const places = Object.entries(uploads).map(([name, path]) => ({ name, path, kind: 'file', problem: '' }) as const);
    this.executor.setUploads({ places, packagesFolder: '' });
  }

  /** Resolves once this was told. */
  async told(note: string): Promise<void> {
    while (!this.notes.includes(note)) await new Promise<void>((resolve) => this.#watchers.push(resolve));
  }

  #give(task: TaskToRun): void {
    this.executor.execute(
      task,
      task.dependencies.map(({ taskId }) => this.store.get(taskId) as StoredValue),
    );
  }

  #onReturned(taskId: number): void {
    if (this.reruns && !this.#stopped.has(taskId)) this.#give(this.#tasks.get(taskId) as TaskToRun);
    else this.#end(taskId, { end: 'returned' });
  }

  #onActorAnswers(line: number, { callIds, results, failures }: ActorAnswers): void {
    for (let row = 0; row < callIds.length; row += 1) {
      const failure = failures.find((entry) => entry.row === row)?.failure;
      const body = results.block.slice(row === 0 ? 0 : results.ends[row - 1], results.ends[row]);
      const buffers = results.buffers.find((entry) => entry.row === row)?.buffers ?? [];
      const resolve = this.#calls.get(`${String(line)}/${String(callIds[row])}`);
      resolve?.(
        failure === undefined
          ? { value: decodeValue({ body, buffers }, { futureOf }) }
          : { error: decodeError(failure.error) },
      );
    }
  }

  #note(note: string): void {
    this.notes.push(note);
    for (const wake of this.#watchers.splice(0)) wake();
  }

  #end(taskId: number, outcome: Outcome): void {
    this.onEnd(taskId);
    const resolve = this.#waiting.get(taskId);
    if (resolve === undefined) throw new TypeError(`task ${String(taskId)} ended twice`);
    this.#waiting.delete(taskId);
    resolve(outcome);
  }
}
