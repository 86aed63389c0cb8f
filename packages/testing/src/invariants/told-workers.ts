import {
  membersOf,
  type LinkOutput,
  type SchedulerState,
  type Stimulus,
  type TaskRecord,
  type WorkerRecord,
} from '@grid/scheduler-core/simulation';

import { broken } from '../errors.js';
import type { SchedulerPromise } from './scheduler-promise.js';

/** How one worker and the scheduler stand about one task, by what the one was told and the other has heard. */
interface Account {
  /** The run that the worker has been given, and that has not ended; 0: none. */
  run: number;
  /** The run that it was asked to give up, while it owes the answer; 0: none. */
  asked: number;
  /** It was asked for a copy, and owes the answer. */
  copy: boolean;
  /** It has said that it has the result, and neither has said since that it is to go. */
  holds: boolean;
  /** It was told to drop its copy, and has not said that it did, or that it needs it. */
  drop: boolean;
}

type Accounts = Map<number, Account>;

const EMPTY: Account = { run: 0, asked: 0, copy: false, holds: false, drop: false };

/**
 * S15, S16: what workers were told and have said adds up to what the scheduler takes them for. Who has been given a run, or
 * holds a result, is known to; nobody is told anything after it is gone; nobody is asked twice at a time.
 */
export class ToldWorkers implements SchedulerPromise {
  /** By worker, and task. */
  #accounts = new Map<WorkerRecord, Accounts>();
  /** What has been spoken of since it was looked at last. */
  #open: [worker: WorkerRecord, taskId: number][] = [];
  /** Workers that were told of one that is gone. */
  readonly #toldOfEnd = new Set<WorkerRecord>();
  /** Who was asked for copies just now. */
  #askedForCopies: [worker: WorkerRecord, task: TaskRecord][] = [];
  #here: ReadonlyMap<number, WorkerRecord> | null = null;
  #steals: SchedulerState['steals'] | null = null;
  /** Whether what happens is the end of a worker. */
  #isEnd = false;
  #lastRunId = 0;
  #problem: Error | null = null;

  /** Listens to what a scheduler says to workers. */
  listen(output: LinkOutput): void {
    this.#accounts = new Map();
    this.#open = [];
    this.#lastRunId = 0;
    this.#hear(output, 'computeTask', (worker, task) => {
      if (task.runId <= this.#lastRunId) this.#note('S15', `run ${String(task.runId)} was given out twice`);
      this.#lastRunId = Math.max(this.#lastRunId, task.runId);
      this.#of(worker, task.id).run = task.runId;
    });
    this.#hear(output, 'stealTask', (worker, task) => {
      const account = this.#of(worker, task.id);
      if (account.run !== task.runId) this.#note('S16', `${nameOf(worker)} is asked for ${task.key}, which it has not`);
      const steal = this.#steals?.get(task);
      if (steal?.victim !== worker || steal.runId !== task.runId)
        this.#note('S16', `${nameOf(worker)} is asked for ${task.key}, and nobody knows`);
      account.asked = task.runId;
    });
    this.#hear(output, 'acquireReplica', (worker, task) => {
      const account = this.#of(worker, task.id);
      if (account.holds) this.#note('S18', `${nameOf(worker)} is asked for a copy of ${task.key}, which it has`);
      account.copy = true;
      this.#askedForCopies.push([worker, task]);
    });
    this.#hear(output, 'freeKeys', (worker, taskId) => {
      Object.assign(this.#of(worker, taskId), { run: 0, copy: false, holds: false, drop: false });
    });
    this.#hear(output, 'removeReplica', (worker, taskId) => {
      const account = this.#of(worker, taskId);
      // One that it does not have it says nothing about.
      account.drop = account.holds;
      Object.assign(account, { copy: false, holds: false });
    });
    this.#hear(output, 'removeWorker', (worker) => this.#toldOfEnd.add(worker));
    this.#hear(output, 'refreshWhoHas', () => undefined);
  }

  /** Takes in what a worker says. */
  before(state: SchedulerState, stimulus: Stimulus): void {
    this.#here = state.workersById;
    this.#steals = state.steals;
    this.#askedForCopies = [];
    this.#toldOfEnd.clear();
    this.#isEnd = stimulus.op === 'remove-worker' && state.workersById.has(stimulus.worker.id);
    if (!('worker' in stimulus) || stimulus.worker.status === 'closed') return;
    const { worker } = stimulus;
    switch (stimulus.op) {
      case 'tasks-finished':
        for (let row = 0; row < stimulus.taskIds.length; row += 1)
          this.#end(worker, stimulus.taskIds[row] as number, stimulus.runIds[row] as number);
        return;
      case 'task-erred':
      case 'reschedule-task': {
        const account = this.#of(worker, stimulus.taskId);
        if (account.run === stimulus.runId) account.run = 0;
        return;
      }
      case 'steal-response': {
        const account = this.#of(worker, stimulus.taskId);
        if (account.asked === stimulus.runId) account.asked = 0;
        if (account.run === stimulus.runId && stimulus.outcome === 'given-up') account.run = 0;
        return;
      }
      case 'add-keys':
        for (const taskId of Array.from(stimulus.taskIds))
          Object.assign(this.#of(worker, taskId), { copy: false, holds: true, drop: false });
        return;
      case 'release-worker-data':
        for (const taskId of Array.from(stimulus.taskIds))
          Object.assign(this.#of(worker, taskId), { copy: false, holds: false, drop: false });
        return;
      case 'missing-data':
        if (stimulus.holderId === worker.id) this.#of(worker, stimulus.taskId).holds = false;
        return;
      case 'actor-lost':
        Object.assign(this.#of(worker, stimulus.taskId), { run: 0, holds: false });
        return;
      default:
    }
  }

  /**
   * @param touched - tasks of which the scheduler may think otherwise than before
   * @throws `GRID_TESTING_BROKEN_PROMISE` S15, S16, S18
   */
  check(state: SchedulerState, stimulus: Stimulus, touched: Iterable<TaskRecord>): void {
    if (this.#problem !== null) throw this.#problem;
    if (stimulus.op === 'remove-worker' && this.#isEnd) this.#checkEnd(state, stimulus.worker);
    // What a worker has brought was said when it came.
    if (stimulus.op === 'add-worker') this.#takeInventory(state, stimulus);
    for (const [worker, taskId] of this.#open.splice(0)) this.#checkAccount(state, worker, taskId);
    for (const task of touched) this.#checkTask(task);
    for (const [task, workers] of state.acquiring) {
      for (const worker of workers) {
        if (!this.#read(worker, task.id).copy)
          throw broken('S18', `a copy of ${task.key} is to come from ${nameOf(worker)}, which was not asked`);
      }
    }
    for (const [worker, task] of this.#askedForCopies) {
      if (this.#read(worker, task.id).copy && state.acquiring.get(task)?.includes(worker) !== true)
        throw broken('S18', `${nameOf(worker)} was asked for a copy of ${task.key}, and nobody waits for it`);
    }
    for (const [task, { victim, thief, runId, askedAt }] of state.steals) {
      const isOpen = thief !== null || askedAt === state.cause.at;
      if (isOpen && this.#read(victim, task.id).asked !== runId)
        throw broken('S16', `${task.key} is to come from ${nameOf(victim)}, which was not asked, or has answered`);
    }
  }

  /** At rest nobody owes anybody an answer. */
  checkAnswers(state: SchedulerState): void {
    for (const worker of state.workers) {
      for (const [taskId, { asked, copy, drop }] of this.#accounts.get(worker) ?? []) {
        if (asked !== 0 || copy || drop)
          throw broken('L1', `${nameOf(worker)} was asked about #${String(taskId)}, and is silent`);
      }
    }
  }

  #checkEnd(state: SchedulerState, gone: WorkerRecord): void {
    this.#accounts.delete(gone);
    if (gone.status !== 'closed') throw broken('S5', `${nameOf(gone)} is gone, and taken for ${gone.status}`);
    for (const worker of state.workers) {
      if (!this.#toldOfEnd.has(worker))
        throw broken('S15', `${nameOf(worker)} was not told that ${nameOf(gone)} is gone`);
    }
  }

  #checkAccount(state: SchedulerState, worker: WorkerRecord, taskId: number): void {
    if (worker.status === 'closed') return;
    const { run, asked, copy, holds, drop } = this.#read(worker, taskId);
    const task = state.tasks.get(taskId);
    if (run !== 0 && (task?.processingOn !== worker || task.runId !== run))
      throw broken('S15', `${nameOf(worker)} has run ${String(run)} of #${String(taskId)}, and nobody wants it`);
    if (run === 0 && holds && !membersOf(task?.whoHas ?? null).includes(worker))
      throw broken('S15', `${nameOf(worker)} holds #${String(taskId)}, and was not told that nobody needs it`);
    if (run === 0 && asked === 0 && !copy && !holds && !drop) this.#accounts.get(worker)?.delete(taskId);
  }

  #checkTask(task: TaskRecord): void {
    const { processingOn: worker } = task;
    if (worker !== null && this.#read(worker, task.id).run !== task.runId)
      throw broken('S15', `${nameOf(worker)} was not given run ${String(task.runId)} of ${task.key}, or has ended it`);
    for (const holder of membersOf(task.whoHas)) {
      if (!this.#read(holder, task.id).holds)
        throw broken('S15', `${nameOf(holder)} has not said that it has ${task.key}`);
    }
  }

  /** A late word about an earlier run says nothing of a newer one. */
  #end(worker: WorkerRecord, taskId: number, runId: number): void {
    const account = this.#of(worker, taskId);
    if (account.run !== 0 && account.run !== runId) return;
    Object.assign(account, { run: 0, copy: false, holds: true });
  }

  #takeInventory(state: SchedulerState, { inventory }: Stimulus & { readonly op: 'add-worker' }): void {
    const worker = state.workers.at(-1);
    if (worker === undefined || inventory === undefined || inventory === null) return;
    for (const task of worker.processing) this.#of(worker, task.id).run = task.runId;
    for (const task of [...worker.held, ...worker.replicas]) this.#of(worker, task.id).holds = true;
  }

  /** Every word, before it is passed on: none goes to who is gone. */
  #hear<Word extends keyof LinkOutput>(
    output: LinkOutput,
    word: Word,
    listener: LinkOutput[Word] extends (worker: WorkerRecord, more: infer More) => void
      ? (worker: WorkerRecord, more: More) => void
      : never,
  ): void {
    const methods = output as unknown as Record<Word, (worker: WorkerRecord, more: unknown) => void>;
    const say = methods[word].bind(output);
    methods[word] = (worker, more) => {
      if (this.#here !== null && this.#here.get(worker.id) !== worker)
        this.#note('S15', `${nameOf(worker)} is gone, and is told ${word}`);
      (listener as (worker: WorkerRecord, more: unknown) => void)(worker, more);
      say(worker, more);
    };
  }

  #note(promise: string, text: string): void {
    this.#problem ??= broken(promise, text);
  }

  /** To be changed by the caller, and looked at when the scheduler is through. */
  #of(worker: WorkerRecord, taskId: number): Account {
    let accounts = this.#accounts.get(worker);
    if (accounts === undefined) this.#accounts.set(worker, (accounts = new Map()));
    let account = accounts.get(taskId);
    if (account === undefined) accounts.set(taskId, (account = { ...EMPTY }));
    this.#open.push([worker, taskId]);
    return account;
  }

  #read(worker: WorkerRecord, taskId: number): Readonly<Account> {
    return this.#accounts.get(worker)?.get(taskId) ?? EMPTY;
  }
}

function nameOf({ about }: WorkerRecord): string {
  return about.name;
}
