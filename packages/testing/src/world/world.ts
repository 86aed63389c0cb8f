import type { CoreObserver } from '@grid/worker-core/simulation';

import { SimCluster, type ClusterObserver, type SimWorker } from '../cluster/sim-cluster.js';
import { WorkerKeeper } from '../cluster/worker-keeper.js';
import type { Coverage } from '../state-coverage/coverage.js';
import { broken } from '../errors.js';
import { realHost, useLoop } from '../host/install-host.js';
import { Random } from '../host/random.js';
import { useDisks } from '../host/sim-disk.js';
import { SimLoop } from '../host/sim-loop.js';
import { SimProcess } from '../host/sim-process.js';
import { Trace } from '../host/trace.js';
import { CoreChecks } from '../invariants/core-checks.js';
import { IdleWatch } from '../invariants/idle-watch.js';
import { Repeats } from '../invariants/repeats.js';
import type { WorldPlan } from '../plan/world-plan.js';
import { WorkloadModel } from '../workload/workload-model.js';
import { breakCoreAfter } from './breaking-core.js';
import type { OrderChooser } from '../scripts/order-chooser.js';
import { FaultMaker } from './fault-maker.js';
import { OutcomeRules, type WorldHistory } from './outcome-rules.js';
import { checkBaseline, checkNoFunctions } from './leftovers.js';
import { checkCopies } from './copy-checks.js';
import { checkBeliefs, checkFutures, checkNothingLeft } from './rest-checks.js';
import { checkFired, checkRunCounts } from './run-limits.js';
import { SimClient } from './sim-client.js';

/** What is to be known of a run besides whether it failed. */
export interface WorldOptions {
  /** Lines of the trace that are kept. @defaultValue 300 */
  readonly traceLines?: number;
  /** Whether what is said over lines is in it. @defaultValue false */
  readonly isDetailed?: boolean;
  /** Counts what happens in which state. @defaultValue nobody */
  readonly coverage?: Coverage;
  /** Says in which order things happen from a moment on, for as long as it can. @defaultValue time does */
  readonly orders?: { readonly from: number; readonly chooser: OrderChooser };
  /** Told of each moment at which something happens, in milliseconds of the world. @defaultValue nobody */
  readonly onMoment?: (at: number) => void;
}

/** What became of a world. */
export interface WorldResult {
  /** The first broken promise; `null`: none. */
  readonly failure: Error | null;
  /** Of all that happened. */
  readonly hash: string;
  readonly events: number;
  /** Milliseconds of the world. */
  readonly time: number;
  readonly trace: Trace;
  /** Milliseconds that it took. */
  readonly realMs: number;
}

/** Nothing takes longer than this once it is quiet, in milliseconds and in events; and each task as long as it takes. */
const QUIET_MS = 120_000;
const QUIET_EVENTS = 300_000;
const CHAOS_EVENTS = 400_000;
/** After so long it is looked whether what is on its way has arrived, in milliseconds. */
const REST_MS = 2500;

/** Runs one world, from its first event to its end. */
export async function runWorld(plan: WorldPlan, options: WorldOptions = {}): Promise<WorldResult> {
  const world = new World(plan, options);
  return world.run();
}

class World {
  readonly #plan: WorldPlan;
  readonly #loop: SimLoop;
  readonly #cluster: SimCluster;
  readonly #model: WorkloadModel;
  readonly #clients: readonly SimClient[];
  /** What has to be so in cores after everything that happens. */
  readonly #checks: CoreChecks;
  readonly #keeper: WorkerKeeper;
  readonly #history: WorldHistory = {
    workerEnds: 0,
    isEnding: false,
    faults: 0,
    harmlessEnds: 0,
    restarts: 0,
    giveUps: 0,
    threadEnds: 0,
    lostValues: 0,
    forced: new Set(),
    cancelled: new Set(),
    fired: new Set(),
  };
  readonly #random: Random;
  /** Nothing takes longer than this once it is quiet, in milliseconds. */
  readonly #quietMs: number;
  readonly #orders: WorldOptions['orders'];
  readonly #onMoment: ((at: number) => void) | undefined;

  constructor(plan: WorldPlan, { traceLines = 300, isDetailed = false, coverage, onMoment, orders }: WorldOptions) {
    this.#orders = orders;
    this.#plan = plan;
    this.#quietMs = QUIET_MS + plan.specs.reduce((sum, { ms }) => sum + ms, 0);
    this.#onMoment = onMoment;
    this.#random = new Random(plan.seed);
    const outside = new SimProcess('world', { random: this.#random.fork('outside') });
    this.#loop = new SimLoop(outside, {
      random: this.#random.fork('ties'),
      trace: new Trace(traceLines, isDetailed),
      nextTurn: realHost.setImmediate,
    });
    useLoop(this.#loop);
    const model = new WorkloadModel(plan.specs);
    this.#model = model;
    this.#checks = new CoreChecks(this.#history, coverage ?? null);
    const loop = this.#loop;
    this.#cluster = new SimCluster({
      loop,
      model,
      random: this.#random,
      settings: plan.settings,
      observer: this.#createObserver(),
      onThreadEnd: () => {
        this.#history.threadEnds += 1;
      },
    });
    useDisks(this.#cluster.disks);
    this.#keeper = new WorkerKeeper(this.#cluster, loop, plan);
    const rules = new OutcomeRules(plan, model, this.#history);
    this.#clients = Array.from({ length: plan.clientCount }, (_, index) => {
      const watch = {
        onOutcome: (...outcome: Parameters<OutcomeRules['check']>) => this.#guard(() => rules.check(...outcome)),
        onFired: (labels: readonly number[]) => {
          for (const label of labels) this.#history.fired.add(label);
        },
        onGiveUp: (count: number) => {
          this.#history.giveUps += count;
        },
        isDisturbed: () => this.#history.faults + this.#history.workerEnds + this.#history.forced.size > 0,
        onWorkersEnd: (why: 'restart' | null) => {
          this.#history.faults += 1;
          if (why === 'restart') this.#history.restarts += 1;
        },
        onCancel: (_client: SimClient, labels: readonly number[], force: boolean) => {
          for (const label of labels) {
            this.#history.cancelled.add(label);
            if (force) this.#history.forced.add(label);
          }
        },
      };
      return new SimClient(index, { cluster: this.#cluster, loop, model, watch });
    });
  }

  async run(): Promise<WorldResult> {
    const startedAt = realHost.now();
    const { coreFailsAfter } = this.#plan;
    const mend = coreFailsAfter === undefined ? undefined : breakCoreAfter(coreFailsAfter);
    const onRejection = (reason: unknown): void => this.#loop.fail(reason);
    process.on('unhandledRejection', onRejection);
    // What a microtask throws ends a process too.
    process.on('uncaughtException', onRejection);
    try {
      await this.#live();
    } catch (error) {
      this.#loop.fail(error);
    } finally {
      mend?.();
      process.off('unhandledRejection', onRejection);
      process.off('uncaughtException', onRejection);
    }
    const { trace, failure, eventCount, now } = this.#loop;
    return {
      failure: failure === undefined ? null : (failure as Error),
      hash: trace.hash,
      events: eventCount,
      time: now,
      trace,
      realMs: realHost.now() - startedAt,
    };
  }

  async #live(): Promise<void> {
    this.#begin();
    await this.#chaos();
    if (this.#isKnown) return;
    if (this.#plan.coreFailsAfter !== undefined) {
      await this.#ruin();
      return;
    }
    await this.#quiet();
    await this.#rest();
    await this.#end();
  }

  #begin(): void {
    const { from, chooser } = this.#orders ?? {};
    if (from !== undefined && chooser !== undefined) {
      this.#loop.after(this.#loop.outside, from, 'orders', () => {
        this.#loop.chooser = chooser;
      });
    }
    const { trace } = this.#loop;
    const idleWatch = new IdleWatch(this.#cluster);
    this.#loop.onEvent = ({ time, process, kind }) => {
      trace.add(time, process.name, kind);
      if (this.#history.faults === 0 && this.#history.workerEnds === 0) this.#guard(() => idleWatch.look(time));
      this.#onMoment?.(time);
    };
    this.#cluster.startScheduler();
    this.#keeper.start();
    for (const client of this.#clients) client.start();
    if (this.#plan.coreFailsAfter !== undefined) this.#history.faults += 1;
    for (const action of this.#plan.actions) {
      const client = this.#clients[action.client] as SimClient;
      this.#loop.after(client.process, action.at, action.kind, () => client.act(action));
    }
    const faults = new FaultMaker({
      cluster: this.#cluster,
      loop: this.#loop,
      clients: this.#clients,
      history: this.#history,
      settings: this.#plan.settings,
    });
    for (const fault of this.#plan.faults) {
      this.#loop.after(this.#loop.outside, fault.at, fault.kind, () => faults.make(fault));
    }
  }

  /** Anything may go wrong, and nothing wrong may come of it. */
  async #chaos(): Promise<void> {
    const end = await this.#loop.run({
      isDone: () => this.#loop.now >= this.#plan.quietAt || this.#isKnown,
      eventsMax: CHAOS_EVENTS,
      timeMax: this.#plan.quietAt,
    });
    if (end === 'events') throw broken('L1', 'there is no end to what happens');
  }

  /** Nothing goes wrong any more: what is wanted has to come about (L1). */
  async #quiet(): Promise<void> {
    this.#keeper.hurry();
    await this.#runUntil('programs had done what they were to do', () => this.#clients.every(({ isDone }) => isDone));
    for (const client of this.#clients) {
      this.#loop.after(client.process, 0, 'demand', () => client.demand());
    }
    await this.#runUntil('what clients wait for came', () => {
      return this.#keeper.isComplete && this.#isAnswered();
    });
  }

  /** Nobody waits for anything: everything comes to rest, and then holds together (X3); what is let go of goes (X4). */
  async #rest(): Promise<void> {
    await this.#untilItHolds(() => {
      checkBeliefs(this.#cluster);
      checkFutures(this.#cluster, this.#clients);
      checkCopies(this.#cluster, this.#history);
      this.#checks.toldWorkers.checkAnswers(this.#cluster.scheduler.server.state);
    });
    for (const client of this.#clients) {
      this.#loop.after(client.process, 0, 'let-go', () => {
        for (const label of [...client.futures.keys()]) client.release(label);
      });
    }
    await this.#untilItHolds(() => {
      checkBeliefs(this.#cluster);
      checkNothingLeft(this.#cluster);
      checkBaseline(this.#cluster);
    });
    checkRunCounts(this.#model, this.#history);
    // What waits for a worker for too long fails.
    if (typeof this.#plan.settings.scheduler.noWorkersTimeoutMs !== 'number') checkFired(this.#model, this.#history);
  }

  /** The scheduler's core has thrown: all who wait hear of it, all who work leave, and nobody leaves anything behind. */
  async #ruin(): Promise<void> {
    const { server } = this.#cluster.scheduler;
    if (!server.isBroken) throw broken('S17', 'the core did not throw, or nobody minded');
    this.#keeper.stop();
    for (const client of this.#clients) this.#loop.after(client.process, 0, 'demand', () => client.demand());
    await this.#runUntil('all programs heard that the scheduler is gone', () =>
      this.#clients.every(({ isOpen, waitCount }) => !isOpen && waitCount === 0),
    );
    for (const client of this.#clients) this.#loop.after(client.process, 0, 'leave', () => client.close());
    await this.#runUntil(
      'all had left',
      () => this.#cluster.livingWorkers.length === 0 && this.#clients.every(({ hasLeft }) => hasLeft),
    );
    await this.#pass(REST_MS);
    this.#checkTimers();
  }

  /** Everybody leaves (L4), and leaves nothing behind. */
  async #end(): Promise<void> {
    this.#keeper.stop();
    this.#history.isEnding = true;
    for (const client of this.#clients)
      if (client.isOpen) this.#loop.after(client.process, 0, 'leave', () => client.close());
    await this.#runUntil('all programs ended', () => this.#clients.every(({ hasLeft }) => hasLeft));
    await this.#untilItHolds(() => checkNoFunctions(this.#cluster));
    for (const { process, server } of this.#cluster.livingWorkers) {
      this.#loop.after(process, 5, 'leave', () => void server.close());
    }
    const { process, server } = this.#cluster.scheduler;
    let isClosed = false;
    this.#loop.after(process, 2000, 'leave', () => {
      void server.close().then(() => {
        isClosed = true;
      });
    });
    await this.#runUntil('all processes ended', () => isClosed && this.#cluster.livingWorkers.length === 0);
    await this.#pass(REST_MS);
    for (const { plan, process: owner, disk } of this.#cluster.workers) {
      if (disk !== null && !owner.isDead && disk.fileCount > 0)
        throw broken('X4', `${plan.name} left ${String(disk.fileCount)} files behind`);
    }
    this.#checkTimers();
  }

  #checkTimers(): void {
    const { process } = this.#cluster.scheduler;
    for (const owner of [process, ...this.#cluster.workers.map((worker) => worker.process)]) {
      const timers = owner.isDead ? [] : this.#loop.pendingOf(owner, 'timer');
      const origins = timers.map(({ origin = '' }) => origin).join('\n');
      if (timers.length > 0) throw broken('X4', `${owner.name} left ${String(timers.length)} timers behind ${origins}`);
    }
  }

  /** Whether another world has been where this one is. */
  get #isKnown(): boolean {
    return this.#orders?.chooser.isOver === true;
  }

  #isAnswered(): boolean {
    return this.#clients.every((client) => !client.isOpen || (client.hasDemanded && client.waitCount === 0));
  }

  async #pass(ms: number): Promise<void> {
    const timeMax = this.#loop.now + ms;
    const end = await this.#loop.run({ isDone: () => false, eventsMax: QUIET_EVENTS, timeMax });
    if (end === 'events') throw broken('L1', `${String(QUIET_EVENTS)} things happened within ${String(ms)} ms`);
  }

  /** What a check asks for is so after a while. */
  async #untilItHolds(check: () => void): Promise<void> {
    for (let left = this.#quietMs / REST_MS; ; left -= 1) {
      await this.#pass(REST_MS);
      if (this.#loop.failure !== undefined) return;
      try {
        check();
        return;
      } catch (error) {
        if (left <= 0) throw error;
      }
    }
  }

  async #runUntil(what: string, isDone: () => boolean): Promise<void> {
    const timeMax = this.#loop.now + this.#quietMs;
    const end = await this.#loop.run({ isDone, eventsMax: QUIET_EVENTS, timeMax });
    if (end === 'time') throw broken('L1', `${String(this.#quietMs)} ms passed before ${what}`);
    if (end === 'events') throw broken('L1', `${String(QUIET_EVENTS)} things happened before ${what}`);
    if (end === 'idle') throw broken('L1', `nothing happens any more, before ${what}`);
  }

  #guard(check: () => void): void {
    try {
      check();
    } catch (error) {
      this.#loop.fail(error);
    }
  }

  #createObserver(): ClusterObserver {
    const checks = this.#checks;
    const repeats = new Repeats(this.#random.fork('repeats'), this.#plan.settings.repeating);
    const guard = (check: () => void): void => this.#guard(check);
    return {
      scheduler: {
        begin: (output) => checks.beginScheduler(output),
        before: (state, stimulus) => guard(() => checks.beforeScheduler(state, stimulus)),
        after: (state, stimulus) => guard(() => checks.afterScheduler(state, stimulus)),
        repeats: (state, stimulus) => repeats.isDue(state, stimulus),
        afterRepeat: (state, stimulus) => guard(() => repeats.check(state, stimulus)),
      },
      worker: (worker: SimWorker): CoreObserver => ({
        before: (state, stimulus) => {
          worker.state = state;
          guard(() => checks.beforeWorker(state, stimulus));
        },
        after: (state, stimulus) => guard(() => checks.afterWorker(state, stimulus)),
      }),
    };
  }
}
