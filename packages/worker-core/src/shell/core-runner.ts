import { invariant, messageOf, type Clock, type Logger } from '@grid/common';
import { COMPUTE_FLAGS, type MessageWith } from '@grid/protocol';
import type { ConnectionPool } from '@grid/rpc';

import type { WorkerEffects } from '../core/effects.js';
import type { FailurePart } from '../core/failure-part.js';
import { handleStimulus } from '../core/handle-stimulus.js';
import { answerAudit } from '../core/run-audit.js';
import type { LocalTask } from '../core/local-task.js';
import type { PeerRecord } from '../core/peer-record.js';
import type { Stimulus } from '../core/stimulus.js';
import { validateState } from '../core/validate-state.js';
import { WorkerState, type WorkerStateOptions } from '../core/worker-state.js';
import type { WorkerError } from '../errors.js';
import type { Executor, ExecutorEvents } from '../executor/executor.js';
import type { DataStore, DataStoreEvents, StoredValue } from '../store/data-store.js';
import type { ActorDesk } from './actor-desk.js';
import { describeStuck } from './describe-stuck.js';
import { gatherFromPeer } from './peer-gather.js';
import type { TransferLog } from './transfer-log.js';
import type { WorkerActivities } from './worker-activities.js';
import type { WorkerEvents } from './worker-events.js';
import type { SchedulerLines } from './scheduler-lines.js';
import type { SchedulerOutbox } from './scheduler-outbox.js';

export interface CoreRunnerOptions {
  readonly core: WorkerStateOptions;
  readonly gatherTimeoutMs: number;
  readonly validate: boolean;
}

/** Sees all that happens to a core. For hunting bugs: it changes nothing, and gives the core nothing. */
export interface CoreObserver {
  /** Something is about to be given to the core. */
  before(state: WorkerState, stimulus: Stimulus): void;
  /** The core has taken it in. */
  after(state: WorkerState, stimulus: Stimulus): void;
}

export interface CoreRunnerParts {
  readonly store: DataStore;
  readonly executor: Executor;
  readonly outbox: SchedulerOutbox;
  /** Of user code that speaks to the scheduler. */
  readonly lines: SchedulerLines;
  /** Of those who call actors. */
  readonly actors: ActorDesk;
  readonly activities: WorkerActivities;
  readonly events: WorkerEvents;
  readonly transfers: TransferLog;
  readonly pool: ConnectionPool;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly observer?: CoreObserver | undefined;
  /** The core has taken a step. */
  onStep(): void;
  /** The core's state cannot be trusted any more; nothing is given to it from then on. */
  onBug(error: unknown): void;
  /** Nothing can be run any more. */
  onBroken(error: WorkerError): void;
}

const NO_INPUTS: readonly StoredValue[] = [];

/** Without a value in `Omit` the union would fall together. */
type WithoutTime<T> = T extends unknown ? Omit<T, 'at'> : never;

/** Drives the core: gives it what happens, does what it asks for, and brings back what comes of that. */
export class CoreRunner {
  readonly state: WorkerState;
  readonly #options: CoreRunnerOptions;
  readonly #parts: CoreRunnerParts;
  readonly #effects: WorkerEffects;
  readonly #timers = new Set<NodeJS.Timeout>();
  /** Tasks whose inputs are being brought back from disk, by number. */
  readonly #loading = new Map<number, LocalTask>();
  /** Stimuli that came from within an effect: the core takes one at a time. */
  readonly #later: Stimulus[] = [];
  #isBusy = false;
  #isEnded = false;
  #requester = '';
  #onGathered: () => void = () => {};

  constructor(options: CoreRunnerOptions, parts: CoreRunnerParts) {
    this.#options = options;
    this.#parts = parts;
    const { store } = parts;
    this.state = new WorkerState(options.core, {
      get residentBytes() {
        return store.nbytes - store.spilledBytes;
      },
      get isRelieving() {
        return store.isEvicting;
      },
    });
    this.#effects = this.#createEffects();
  }

  /** Names this worker to its peers. */
  setRequester(address: string): void {
    this.#requester = address;
    this.state.selfAddress = address;
  }

  /** Tells the core what happened, now. */
  give(stimulus: WithoutTime<Stimulus>): void {
    // `WithoutTime` took away the one field that is added here.
    const timed = { ...stimulus, at: this.#parts.clock.now() } as Stimulus;
    if (this.#isBusy) {
      this.#later.push(timed);
      return;
    }
    this.#isBusy = true;
    try {
      for (let next: Stimulus | undefined = timed; next !== undefined; next = this.#later.shift()) this.#step(next);
    } finally {
      this.#isBusy = false;
    }
  }

  /** Settles when nothing is under way from peers, or the runner has ended. */
  async gathered(): Promise<void> {
    while (this.state.gathering.size > 0 && !this.#isEnded) {
      await new Promise<void>((resolve) => {
        this.#onGathered = resolve;
      });
    }
  }

  /** Tells the scheduler which runs of tasks are not over. */
  answerAudit(question: MessageWith<'count-runs' | 'list-runs'>): void {
    this.#parts.outbox.runsCounted(answerAudit(this.state, question));
  }

  /** To be called now and then: asks for what nobody seems to have, and finds what waits for nothing. */
  lookAround(): void {
    if (this.state.missing.size > 0) this.give({ type: 'find-missing' });
    if (this.state.tasks.size > 0) this.give({ type: 'watch-tasks' });
  }

  /** Takes no more stimuli and waits for nothing any more. */
  end(): void {
    this.#isEnded = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#later.length = 0;
    this.#onGathered();
  }

  /** What the executor is given to tell what became of tasks. */
  executorEvents(): ExecutorEvents {
    const { store, outbox, lines, actors, activities, logger } = this.#parts;
    return {
      onSuccess: ({ taskId, key }, payload, typeName, { start, duration }) => {
        if (this.#isEnded) return;
        lines.end(taskId);
        const nbytes = store.put(taskId, key, payload);
        this.give({ type: 'execute-success', taskId, nbytes, typeId: outbox.typeId(typeName), start, duration });
      },
      onFailure: ({ taskId }, failure: FailurePart, { start, duration }) => {
        lines.end(taskId);
        this.give({ type: 'execute-failure', taskId, failure, start, duration });
      },
      onRescheduled: ({ taskId }) => {
        lines.end(taskId);
        this.give({ type: 'execute-rescheduled', taskId });
      },
      onReturned: ({ taskId }) => {
        lines.end(taskId);
        this.give({ type: 'execute-returned', taskId });
      },
      onSuspended: ({ taskId }) => this.give({ type: 'execute-suspended', taskId }),
      onOverdue: ({ taskId }) => this.give({ type: 'execute-overdue', taskId }),
      onRejoin: ({ taskId }) => this.give({ type: 'rejoin', taskId }),
      onSeceded: ({ taskId }, duration) => this.give({ type: 'secede', taskId, duration }),
      onLog: (level, text, key) => logger[level]({ key }, text),
      onOutput: (piece) => outbox.output(piece),
      onActivities: (rows) => {
        for (const row of rows) activities.ofTask(this.state.tasks.get(row.taskId), row);
      },
      onLineCall: (owner, message) => lines.call(owner, message),
      onLineEnd: (owner) => lines.end(owner),
      onActorAnswers: (line, answers) => actors.answer(line, answers),
      onActorLost: (actorId, taskId, failure) => {
        actors.lose(actorId, failure);
        const task = this.state.tasks.get(taskId);
        // What it stands for may be forgotten by now.
        if (task !== undefined) outbox.actorLost(task, failure);
      },
      onBroken: (error) => {
        logger.error({ error: error.message }, 'this worker can run nothing any more');
        this.#parts.onBroken(error);
      },
    };
  }

  /** What the store is given to tell what it does by itself. */
  storeEvents(): Omit<DataStoreEvents, 'onDiskChange'> {
    const { executor, activities, logger } = this.#parts;
    return {
      onEvicted: (taskId, payload) => executor.forgetValue(taskId, payload),
      onDiskUse: (activity, ms, nbytes) => activities.took('spill', activity, ms, nbytes),
      onEvictionEnd: () => this.give({ type: 'memory-freed' }),
      onLost: (taskId, problem) => {
        logger.warn({ taskId, problem }, 'a value on disk is lost and will be computed again');
        this.give({ type: 'lose-data', taskIds: [taskId] });
      },
    };
  }

  #step(stimulus: Stimulus): void {
    if (this.#isEnded) return;
    const { observer } = this.#parts;
    try {
      observer?.before(this.state, stimulus);
      handleStimulus(this.state, stimulus, this.#effects);
      this.#parts.onStep();
      if (this.#options.validate) validateState(this.state);
      observer?.after(this.state, stimulus);
    } catch (error) {
      this.end();
      this.#parts.logger.error({ error: messageOf(error), stimulus: stimulus.type }, 'the core failed; this is a bug');
      this.#parts.onBug(error);
    }
  }

  #createEffects(): WorkerEffects {
    const { outbox, executor, store } = this.#parts;
    return {
      execute: (task) => this.#execute(task),
      stopTask: (task) => {
        // It will not begin: who brings its inputs back looks for it here.
        if (!this.#loading.delete(task.taskId)) executor.stop(task);
      },
      grantSlot: (task) => executor.grantSlot(task),
      dropData: ({ taskId, flags }) => {
        if ((flags & COMPUTE_FLAGS.actor) !== 0) executor.actors.end(taskId);
        const value = store.get(taskId);
        store.delete(taskId);
        // Of what is on disk threads have no live copies any more.
        if (value !== undefined) executor.forgetValue(taskId, value.payload);
      },
      gather: (peer, tasks) => void this.#gather(peer, tasks),
      retryBusyLater: ({ workerId }, at) => this.#wakeAt(at, { type: 'retry-busy-peer', workerId }),
      taskFinished: (task, start, duration) => outbox.taskFinished(task, start, duration),
      taskErred: (task, failure, start, duration) => outbox.taskErred(task, failure, start, duration),
      longRunning: (task, duration) => outbox.longRunning(task, duration),
      rescheduleTask: (task) => outbox.rescheduleTask(task),
      stealResponse: (taskId, runId, outcome) => outbox.stealResponse(taskId, runId, outcome),
      addKeys: (task) => outbox.addKeys(task),
      releaseData: (task) => outbox.releaseData(task),
      missingData: (task, workerId) => outbox.missingData(task, workerId),
      requestRefresh: (task) => outbox.requestRefresh(task),
      foundStuck: (task) => this.#tellStuck(task),
    };
  }

  #tellStuck(task: LocalTask): void {
    const facts = describeStuck(this.state, task);
    this.#parts.logger.warn(facts, 'nothing keeps a task where it is; it finds its place anew');
    this.#parts.events.tell('stuck', facts);
  }

  #execute(task: LocalTask): void {
    const inputs = this.#inputsInMemory(task);
    if (inputs === null) void this.#loadAndExecute(task);
    else this.#parts.executor.execute(task, inputs);
  }

  /** `null`: some are on disk. */
  #inputsInMemory({ key, dependencies }: LocalTask): readonly StoredValue[] | null {
    if (dependencies.length === 0) return NO_INPUTS;
    const { store } = this.#parts;
    const inputs: StoredValue[] = [];
    for (const { taskId } of dependencies) {
      const value = store.get(taskId);
      if (value === undefined) {
        invariant(store.spilledCount > 0, `the value of #${String(taskId)}, which ${key} uses, is not in the store`);
        return null;
      }
      inputs.push(value);
    }
    return inputs;
  }

  async #loadAndExecute(task: LocalTask): Promise<void> {
    const { taskId } = task;
    const needed = task.dependencies.map((dependency) => dependency.taskId);
    this.#loading.set(taskId, task);
    const values = await this.#parts.store.load(needed);
    const isWanted = this.#loading.delete(taskId);
    if (this.#isEnded) return;
    const lost = needed.filter((dependencyId) => !values.has(dependencyId));
    if (lost.length > 0) this.give({ type: 'lose-data', taskIds: lost });
    if (!isWanted || lost.length > 0) this.give({ type: 'execute-returned', taskId });
    else
      this.#parts.executor.execute(
        task,
        needed.map((dependencyId) => values.get(dependencyId) as StoredValue),
      );
  }

  async #gather(peer: PeerRecord, tasks: readonly LocalTask[]): Promise<void> {
    const { pool, store, clock } = this.#parts;
    const at = clock.now();
    const timeoutMs = this.#options.gatherTimeoutMs;
    const startedAt = performance.now();
    const stimulus = await gatherFromPeer(peer, tasks, {
      pool,
      store,
      timeoutMs,
      requester: this.#requester,
      now: () => clock.now(),
    });
    if (stimulus.type === 'gather-success') {
      const nbytes = stimulus.sizes.reduce((sum, size) => sum + size, 0);
      const ms = performance.now() - startedAt;
      this.#parts.activities.took('gather-dep', 'network', ms, nbytes);
      this.#parts.transfers.cameIn({ at, peer: peer.address, count: stimulus.sizes.length, bytes: nbytes, ms });
    }
    this.give(stimulus);
    if (this.state.gathering.size === 0) this.#onGathered();
  }

  #wakeAt(at: number, stimulus: WithoutTime<Stimulus>): void {
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        this.give(stimulus);
      },
      Math.max(0, at - this.#parts.clock.now()),
    );
    this.#timers.add(timer);
  }
}
