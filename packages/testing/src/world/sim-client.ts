import { fireAndForget, importTask, span, type Client, type Future } from '@grid/client';
import { asKey, isGridError, messageOf } from '@grid/common';
import { callSpec, refTo, TaskGraph, type RunSpec } from '@grid/graph';

import { broken } from '../errors.js';
import type { SimCluster } from '../cluster/sim-cluster.js';
import type { SimLoop } from '../host/sim-loop.js';
import type { SimProcess } from '../host/sim-process.js';
import type { Action } from '../plan/world-plan.js';
import type { TaskSpec } from '../workload/task-spec.js';
import type { WorkloadModel } from '../workload/workload-model.js';

/** What became of a future. */
export type Outcome =
  { readonly kind: 'value' } | { readonly kind: 'error'; readonly code: string; readonly text: string };

/** Told of what a client sees. */
export interface ClientWatch {
  /** A client gives tasks up. */
  onCancel(client: SimClient, labels: readonly number[], force: boolean): void;
  /** Tasks are to be done whatever becomes of the client. */
  onFired(labels: readonly number[]): void;
  /** A client lets go of so many tasks, or has them tried again. */
  onGiveUp(count: number): void;
  /** Whether anything has gone wrong that was to, or was taken away from all. */
  isDisturbed(): boolean;
  /** Workers are made to end; everything may be given up for it. */
  onWorkersEnd(why: 'restart' | null): void;
  /** A future that the client holds gave this. The value, if it is one, has been checked. */
  onOutcome(client: SimClient, label: number, outcome: Outcome): void;
}

/** What a simulated client works with. */
export interface SimClientParts {
  readonly cluster: SimCluster;
  readonly loop: SimLoop;
  readonly model: WorkloadModel;
  readonly watch: ClientWatch;
}

/** A program of a workload: a real client that does what the plan says. */
export class SimClient {
  readonly index: number;
  readonly process: SimProcess;
  /** Futures that it holds, by label. */
  readonly futures = new Map<number, Future<unknown>>();
  /** Labels that it has given up or let go of, once at least. */
  readonly dropped = new Set<number>();
  /** Results that it waits for. */
  waitCount = 0;
  isClosed = false;
  /** Whether it has lost its scheduler, or its line to it, and found one again. */
  hasComeBack = false;
  /** Whether it is gone in order, or in another way. */
  get hasLeft(): boolean {
    return this.process.isDead || this.#hasLeft || (!this.isClosed && !this.isOpen);
  }

  #hasLeft = false;
  /** Whether it waits for the results of all that it holds. */
  hasDemanded = false;
  readonly #parts: SimClientParts;
  #client: Client | undefined;
  /** What is to be done when data has been scattered; `null` when none is being. */
  #backlog: Action[] | null = null;

  constructor(index: number, parts: SimClientParts) {
    this.index = index;
    this.#parts = parts;
    this.process = parts.cluster.spawn(`client-${String(index)}`);
  }

  /** Whether it is there and can do something: also while it looks for a scheduler in place of one that is lost. */
  get isOpen(): boolean {
    const status = this.#client?.status;
    return !this.process.isDead && !this.isClosed && (status === 'running' || status === 'reconnecting');
  }

  /** Whether it goes on, and nothing that it began is under way. */
  get isDone(): boolean {
    if (this.process.isDead || this.isClosed) return true;
    return this.process.stoppedUntil <= this.#parts.loop.now && this.#client !== undefined && this.#backlog === null;
  }

  /** Connects. */
  start(): void {
    const { loop, cluster } = this.#parts;
    loop.after(this.process, 1, 'start', () => {
      const onBack = (): void => {
        this.hasComeBack = true;
      };
      cluster.connectClient(this.process.name, this.process, onBack).then(
        (client) => {
          this.#client = client;
        },
        () => {
          this.isClosed = true;
          this.#hasLeft = true;
        },
      );
    });
  }

  /** Does one action, as far as it can be done now. */
  act(action: Action): void {
    if (!this.isOpen) return;
    if (this.#backlog !== null) this.#backlog.push(action);
    else if ('span' in action && action.span !== undefined) span(action.span, () => this.#act(action));
    else this.#act(action);
  }

  /** Waits for a result and checks it. */
  awaitResult(label: number): void {
    const future = this.futures.get(label);
    if (future === undefined) return;
    this.waitCount += 1;
    void this.#watchResult(label, future);
  }

  /** Waits for the results of all that it holds. */
  demand(): void {
    this.hasDemanded = true;
    for (const label of this.futures.keys()) this.awaitResult(label);
  }

  /** Lets go of a future. */
  release(label: number): void {
    this.dropped.add(label);
    this.#parts.watch.onGiveUp(1);
    this.futures.get(label)?.release();
    this.futures.delete(label);
  }

  close(): void {
    this.isClosed = true;
    if (this.#client === undefined) this.#hasLeft = true;
    else
      this.#client.close().then(
        () => {
          this.#hasLeft = true;
        },
        (error: unknown) => this.#parts.loop.fail(error),
      );
  }

  #act(action: Action): void {
    switch (action.kind) {
      case 'submit':
        for (const label of action.labels) this.#submit(label);
        return;
      case 'map':
        this.#map(action.labels);
        return;
      case 'graph':
        this.#submitGraph(action.labels, action.wanted);
        return;
      case 'scatter':
        this.#scatter(action.labels, action.broadcast);
        return;
      case 'release':
        for (const label of action.labels) this.release(label);
        return;
      case 'cancel':
        this.#cancel(action.labels, action.force);
        return;
      case 'retry':
        this.#parts.watch.onGiveUp(action.labels.length);
        for (const label of action.labels) this.futures.get(label)?.retry();
        return;
      case 'retry-failed':
        return this.#retryFailed();
      case 'result':
        for (const label of action.labels) this.awaitResult(label);
        return;
      case 'gather':
        this.#gather(action.labels);
        return;
      case 'replicate':
      case 'rebalance':
      case 'forget':
      case 'retire':
      case 'restart':
      case 'manage-memory':
      case 'set-resources':
        this.#care(action);
        return;
      case 'close':
        this.close();
    }
  }

  #retryFailed(): void {
    for (const future of this.futures.values()) {
      if (future.status !== 'error') continue;
      this.#parts.watch.onGiveUp(1);
      future.retry();
    }
  }

  /** Does something about the cluster. It may fail, with an error that says why. */
  #care(action: Action): void {
    const client = this.#open;
    const held = 'labels' in action ? action.labels.flatMap((label) => this.futures.get(label) ?? []) : [];
    switch (action.kind) {
      case 'replicate':
        return this.#expectClear(
          action.kind,
          client.replicate(held, { n: action.copies ?? 2, timeout: CARE_TIMEOUT_MS }),
        );
      case 'rebalance':
        return this.#expectClear(action.kind, client.rebalance(held, { timeout: CARE_TIMEOUT_MS }));
      case 'forget':
        if (held.length > 0) fireAndForget(held);
        this.#parts.watch.onFired(action.labels.filter((label) => this.futures.has(label)));
        // Of some nothing is held any more: they are to be done all the same.
        for (const label of action.labels) if (label % 2 === 0) this.release(label);
        return;
      case 'retire':
        this.#parts.watch.onWorkersEnd(null);
        return this.#expectClear(action.kind, client.retireWorkers({ n: action.count, timeout: CARE_TIMEOUT_MS }));
      case 'restart':
        this.#parts.watch.onWorkersEnd('restart');
        return this.#expectClear(action.kind, client.restart({ timeout: CARE_TIMEOUT_MS, waitForWorkers: false }));
      case 'set-resources':
        return this.#expectClear(action.kind, client.setResources({ GPU: action.GPU }));
      case 'manage-memory':
        return this.#expectClear(action.kind, action.isOn ? client.amm.start() : client.amm.stop());
      default:
    }
  }

  /** X2: what fails does so in words that are meant for users, and not with what became of a line. */
  #expectClear(what: string, done: Promise<unknown>): void {
    const { loop, watch } = this.#parts;
    done.catch((error: unknown) => {
      if (isGridError(error) && !/^GRID_(RPC_CLOSED|COMM_)/.test(error.code)) {
        if (error.code === 'GRID_TESTING_BROKEN_PROMISE') loop.fail(error);
        // Nobody takes data away that has just been sent, as long as nothing goes wrong.
        if (what !== 'scatter' || watch.isDisturbed() || this.isClosed) return;
        // Some programs are there before any worker.
        if (error.code === 'GRID_SCHEDULER_NO_WORKERS') return;
      }
      loop.fail(broken('X2', `${what} of ${this.process.name} failed with ${messageOf(error)}`));
    });
  }

  async #watchResult(label: number, future: Future<unknown>): Promise<void> {
    const { model, watch, loop } = this.#parts;
    try {
      const value = await future.result();
      model.check(label, value, this.process.name);
      watch.onOutcome(this, label, { kind: 'value' });
    } catch (error) {
      if (isGridError(error, 'GRID_TESTING_BROKEN_PROMISE')) loop.fail(error);
      const code = (error as { code?: string }).code ?? 'none';
      watch.onOutcome(this, label, { kind: 'error', code, text: messageOf(error) });
    } finally {
      this.waitCount -= 1;
    }
  }

  #submit(label: number): void {
    const spec = this.#parts.model.specOf(label);
    const args = this.#argumentsOf(spec);
    // Data is not submitted, and whoever has let go of something, or was refused it, cannot name it any more.
    if (spec.isData || args === undefined) return;
    this.#hold(label, this.#open.submit(functionOf(spec), args, { key: spec.key, ...spec.options }));
  }

  /** Those that are alike go as one map, the others each by itself. */
  #map(labels: readonly number[]): void {
    const rows: { readonly label: number; readonly key: string; readonly args: readonly unknown[] }[] = [];
    let fn: TaskFunction | undefined;
    for (const label of labels) {
      const spec = this.#parts.model.specOf(label);
      const args = this.#argumentsOf(spec);
      fn ??= functionOf(spec);
      if (args === undefined || spec.isData || functionOf(spec) !== fn || Object.keys(spec.options).length > 0) {
        this.#submit(label);
      } else {
        rows.push({ label, key: spec.key, args });
      }
    }
    if (fn === undefined || rows.length === 0) return;
    const tuples = rows.map(({ args }) => args);
    const futures = this.#open.starmap(fn, tuples, { key: rows.map(({ key }) => key) });
    for (const [row, future] of futures.entries()) this.#hold((rows[row] as { label: number }).label, future);
  }

  #submitGraph(labels: readonly number[], wanted: readonly number[]): void {
    const { model } = this.#parts;
    const inGraph = new Set<number>();
    const specs: RunSpec[] = [];
    for (const label of labels) {
      const spec = model.specOf(label);
      if (spec.isData || this.futures.has(label)) continue;
      const args = this.#argumentsOf(spec, inGraph);
      if (args === undefined) continue;
      inGraph.add(label);
      specs.push(callSpec(spec.key, functionOf(spec), args as never, spec.options));
    }
    const own = wanted.filter((label) => inGraph.has(label));
    if (own.length === 0) return;
    const keys = own.map((label) => asKey(model.specOf(label).key));
    const futures = this.#open.submitGraph(TaskGraph.of(specs), keys);
    for (const [row, future] of futures.entries()) this.#hold(own[row] as number, future);
  }

  #scatter(labels: readonly number[], broadcast: boolean): void {
    const { model } = this.#parts;
    const missing = labels.filter((label) => !this.futures.has(label));
    if (missing.length === 0) return;
    this.#backlog = [];
    const data = Object.fromEntries(missing.map((label) => [model.specOf(label).key, model.valueOf(label)]));
    const scattered = this.#open.scatter(data, { broadcast, timeout: SCATTER_TIMEOUT_MS });
    this.#expectClear('scatter', scattered);
    scattered
      .then(
        (futures) => {
          for (const label of missing) {
            const future = futures[model.specOf(label).key];
            if (future !== undefined) this.#hold(label, future);
          }
        },
        // It says why; there is nothing that could be held.
        () => undefined,
      )
      .finally(() => this.#endBacklog());
  }

  #endBacklog(): void {
    const backlog = this.#backlog ?? [];
    this.#backlog = null;
    for (const action of backlog) this.act(action);
  }

  #gather(labels: readonly number[]): void {
    const { model } = this.#parts;
    const held = labels.filter((label) => this.futures.has(label));
    const checked = this.#open
      .gather(
        held.map((label) => this.futures.get(label) as Future<unknown>),
        { errors: 'skip', timeout: GATHER_TIMEOUT_MS },
      )
      .then((values) => {
        for (const value of values) model.check(model.labelOf(value), value, this.process.name);
      });
    this.#expectClear('gather', checked);
  }

  #cancel(labels: readonly number[], force: boolean): void {
    const held = labels.filter((label) => this.futures.has(label));
    for (const label of held) this.dropped.add(label);
    const futures = held.map((label) => this.futures.get(label) as Future<unknown>);
    this.#parts.watch.onCancel(this, held, force);
    this.#parts.watch.onGiveUp(held.length);
    this.#expectClear('cancel', this.#open.cancel(futures, { force }));
  }

  /** The arguments of a task, if all that it needs can be named: futures, or what is in the same graph. */
  #argumentsOf(spec: TaskSpec, inGraph?: ReadonlySet<number>): unknown[] | undefined {
    const args: unknown[] = [spec.label];
    for (const need of spec.needs) {
      const future = this.futures.get(need);
      if (inGraph?.has(need) === true) args.push(refTo(asKey(this.#parts.model.specOf(need).key)));
      else if (future === undefined || future.status === 'cancelled') return undefined;
      else args.push(future);
    }
    return args;
  }

  #hold(label: number, future: Future<unknown>): void {
    this.futures.get(label)?.release();
    this.futures.set(label, future);
  }

  get #open(): Client {
    return this.#client as Client;
  }
}

const SCATTER_TIMEOUT_MS = 5000;
const GATHER_TIMEOUT_MS = 20_000;
const CARE_TIMEOUT_MS = 10_000;

type TaskFunction = (...args: readonly unknown[]) => unknown;

const functions = new Map<string, TaskFunction>();

/** A function that says where it is found on workers; simulated threads do not look. One for each kind of key. */
function functionOf({ key }: TaskSpec): TaskFunction {
  const name = key.slice(0, key.indexOf('-'));
  let known = functions.get(name);
  if (known === undefined) {
    known = importTask('simulated-tasks', name);
    functions.set(name, known);
  }
  return known;
}
