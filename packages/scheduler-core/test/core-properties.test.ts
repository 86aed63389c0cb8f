import { afterAll, describe, expect, it } from '@jest/globals';
import { textColumn } from '@grid/protocol';
import fc from 'fast-check';

import type { MemoryPolicy } from '../src/core/memory-manager/memory-policy.js';
import { RetireWorker } from '../src/core/memory-manager/retire-worker.js';
import { ReduceReplicas } from '../src/core/memory-manager/reduce-replicas.js';
import { TRANSITIONS, type TransitionName } from '../src/core/transition-table.js';
import type { ClientRecord, TaskRecord, WorkerRecord } from '../src/core/records.js';
import { membersOf } from '../src/core/relation.js';
import { STATE, STATE_NAMES } from '../src/core/task-state.js';
import { FAILURE, TestScheduler } from './support/test-scheduler.js';

/** What a worker has been told, as it would know it: the other side of the scheduler's belief. */
interface WorkerModel {
  readonly record: WorkerRecord;
  /** Run numbers by task. */
  readonly assigned: Map<number, number>;
  readonly held: Set<number>;
  /** Copies that it was asked for. */
  readonly asked: Set<number>;
  /** Copies that it was told to drop, and of which it may say that it needs them. */
  readonly doomed: Set<number>;
}

const step = fc.record({
  kind: fc.constantFrom(
    'submit',
    'submit',
    'submit',
    'submit-wide',
    'resubmit',
    'resubmit',
    'finish',
    'finish',
    'finish',
    'finish-many',
    'err',
    'err',
    'add-worker',
    'add-worker',
    'remove-worker',
    'expected-removal',
    'release',
    'cancel',
    'force',
    'retry',
    'restart',
    'missing',
    'replicate',
    'drop-copy',
    'long-running',
    'reschedule',
    'pause',
    'resume',
    'scatter',
    'arrive',
    'desire',
    'leave',
    'stale',
    'refresh',
    'balance',
    'balance',
    'fail-unrunnable',
    'answer-steal',
    'answer-steal',
    'manage',
    'manage',
    'answer-copy',
    'answer-copy',
    'keep-copy',
    'retire',
    'stay',
    'heartbeat',
    'set-resources',
    'hold',
    'hold',
    'fire-and-forget',
  ),
  a: fc.nat(1000),
  b: fc.nat(1000),
  c: fc.nat(1000),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const stepCounts = new Map<string, number>();

class Model {
  readonly scheduler = new TestScheduler({ allowedFailures: 2 });
  readonly workers: WorkerModel[] = [];
  clients: ClientRecord[] = [];
  /** What each client believes of its numbers. */
  readonly beliefs = new Map<ClientRecord, Map<number, string>>();
  readonly graphs: object[] = [];
  /** All keys of tasks that were ever submitted. */
  readonly submitted: string[] = [];
  /** Requests to give a run up that nobody has answered, first come first served on each worker. */
  steals: { readonly worker: WorkerRecord; readonly taskId: number; readonly runId: number }[] = [];
  #next = 0;

  constructor() {
    const { out } = this.scheduler;
    const computeTask = out.computeTask.bind(out);
    const freeKeys = out.freeKeys.bind(out);
    out.computeTask = (worker, task) => {
      computeTask(worker, task);
      this.modelOf(worker).assigned.set(task.id, task.runId);
      for (const dependency of [task.dependencies].flat())
        if (dependency?.whoHas === null) throw new TypeError(`${task.key} was sent without ${dependency.key}`);
    };
    out.freeKeys = (worker, taskId) => {
      freeKeys(worker, taskId);
      this.modelOf(worker).assigned.delete(taskId);
      this.modelOf(worker).held.delete(taskId);
    };
    const acquireReplica = out.acquireReplica.bind(out);
    const removeReplica = out.removeReplica.bind(out);
    out.acquireReplica = (worker, task) => {
      acquireReplica(worker, task);
      this.modelOf(worker).asked.add(task.id);
    };
    out.removeReplica = (worker, taskId) => {
      removeReplica(worker, taskId);
      const model = this.modelOf(worker);
      model.asked.delete(taskId);
      if (model.held.delete(taskId)) model.doomed.add(taskId);
    };
    out.policyFailed = (policy, error) => {
      throw new TypeError(`${policy} failed`, { cause: error });
    };
    out.stealTask = (worker, task) => void this.steals.push({ worker, taskId: task.id, runId: task.runId });
    out.onClient = (client, id, what) => void this.beliefs.get(client)?.set(id, what);
    this.addClient();
    this.addClient();
    this.addWorker(1);
  }

  modelOf(worker: WorkerRecord): WorkerModel {
    const known = this.workers.find(({ record }) => record.id === worker.id);
    if (known !== undefined) return known;
    const model = {
      record: worker,
      assigned: new Map<number, number>(),
      held: new Set<number>(),
      asked: new Set<number>(),
      doomed: new Set<number>(),
    };
    this.workers.push(model);
    return model;
  }

  addClient(): ClientRecord {
    this.#next += 1;
    const client = this.scheduler.client(`client-${String(this.#next)}`);
    this.clients.push(client);
    this.beliefs.set(client, new Map());
    return client;
  }

  addWorker(threads: number): void {
    this.#next += 1;
    this.modelOf(
      this.scheduler.worker(`worker-${String(this.#next)}`, threads, threads === 3 ? 0 : 1000 * threads, {
        GPU: threads - 1,
      }),
    );
  }

  take({ kind, a, b, c }: Step): void {
    const { scheduler } = this;
    const { state } = scheduler;
    scheduler.now += c;
    const client = this.clients[a % this.clients.length] as ClientRecord;
    const worker = this.workers[a % Math.max(1, this.workers.length)];
    const wantedIds = [...client.tasks.entries()].map(([id]) => id);
    const wantedId = wantedIds[b % Math.max(1, wantedIds.length)];
    const assigned = worker === undefined ? [] : [...worker.assigned.keys()];
    const taskId = assigned[b % Math.max(1, assigned.length)];
    const inMemory = [...state.tasks.entries()].map(([, task]) => task).filter((task) => task.state === STATE.memory);
    const stored = inMemory[b % Math.max(1, inMemory.length)];
    switch (kind) {
      case 'submit':
        return this.submit(client, 1 + (b % 6), c);
      case 'resubmit':
        return this.resubmit(client, c);
      case 'submit-wide':
        return this.submitWide(client, 4 + (b % 30));
      case 'finish':
        if (worker !== undefined && taskId !== undefined) this.finish(worker, [taskId], c);
        return;
      case 'finish-many':
        if (worker !== undefined) this.finish(worker, assigned.slice(0, 1 + (b % 8)), c);
        return;
      case 'err':
        if (worker === undefined || taskId === undefined) return;
        // A worker forgets a failed run when it has told of it; it is freed all the same.
        return this.report(worker, taskId, (runId) =>
          scheduler.stimulate({
            op: 'task-erred',
            worker: worker.record,
            taskId,
            runId,
            startMs: 1,
            durationMs: 1,
            failure: FAILURE,
          }),
        );
      case 'add-worker':
        if (this.workers.length < 5) this.addWorker(1 + (b % 3));
        return;
      case 'remove-worker':
      case 'expected-removal':
        if (worker === undefined) return;
        this.workers.splice(this.workers.indexOf(worker), 1);
        return scheduler.removeWorker(worker.record, kind === 'expected-removal');
      case 'release':
        if (wantedId === undefined) return;
        this.beliefs.get(client)?.delete(wantedId);
        return scheduler.stimulate({ op: 'client-releases-keys', client, ids: [wantedId] });
      case 'cancel':
      case 'force':
        if (wantedId !== undefined)
          scheduler.stimulate({ op: 'cancel-keys', client, ids: [wantedId], force: kind === 'force' });
        return;
      case 'hold': {
        if (taskId === undefined || wantedId === undefined) return;
        // Results that have futures of each other would stay for ever, as objects do that count each other.
        if ((client.tasks.get(wantedId)?.id ?? Infinity) >= taskId) return;
        return scheduler.stimulate({ op: 'hold-for-result', client, taskId, ids: [wantedId] });
      }
      case 'fire-and-forget':
        if (wantedId !== undefined) scheduler.stimulate({ op: 'fire-and-forget', client, ids: [wantedId] });
        return;
      case 'retry':
        return scheduler.stimulate({ op: 'retry-keys', client, ids: wantedIds });
      case 'restart':
        // Rare: all that was built up is gone.
        if (a % 10 === 0) scheduler.stimulate({ op: 'restart' });
        return;
      case 'missing':
        if (stored === undefined || worker === undefined) return;
        return this.loseCopy(worker, stored, () => {
          const holderId = membersOf(stored.whoHas)[0]?.id ?? 0;
          this.workers.find(({ record }) => record.id === holderId)?.held.delete(stored.id);
          scheduler.stimulate({ op: 'missing-data', worker: worker.record, taskId: stored.id, holderId });
        });
      case 'replicate':
        if (stored === undefined || worker === undefined) return;
        worker.held.add(stored.id);
        return scheduler.stimulate({
          op: 'add-keys',
          worker: worker.record,
          taskIds: [stored.id],
          sizes: [stored.nbytes],
        });
      case 'drop-copy':
        if (worker === undefined || stored === undefined || !worker.held.delete(stored.id)) return;
        return scheduler.stimulate({ op: 'release-worker-data', worker: worker.record, taskIds: [stored.id] });
      case 'long-running':
        if (worker === undefined || taskId === undefined) return;
        return scheduler.stimulate({
          op: 'long-running',
          worker: worker.record,
          taskId,
          runId: worker.assigned.get(taskId) ?? 0,
          durationMs: 5,
        });
      case 'reschedule':
        if (worker === undefined || taskId === undefined) return;
        return scheduler.stimulate({
          op: 'reschedule-task',
          worker: worker.record,
          taskId,
          runId: worker.assigned.get(taskId) ?? 0,
        });
      case 'pause':
      case 'resume':
        if (worker === undefined) return;
        return scheduler.stimulate({
          op: 'worker-status',
          worker: worker.record,
          status: kind === 'pause' ? 'paused' : 'running',
        });
      case 'retire':
      case 'stay':
        if (worker === undefined) return;
        scheduler.stimulate({ op: 'retire-worker', worker: worker.record, isRetiring: kind === 'retire' });
        return scheduler.stimulate({ op: 'manage-memory', policies: [new RetireWorker(worker.record)] });
      case 'scatter':
        return this.scatter(client, c);
      case 'arrive':
        return this.arrive();
      case 'desire':
        return this.desire(client, b);
      case 'leave':
        this.clients = this.clients.filter((other) => other !== client);
        this.beliefs.delete(client);
        scheduler.stimulate({ op: 'remove-client', client });
        this.addClient();
        return;
      case 'balance':
        return scheduler.stimulate({ op: 'balance' });
      case 'fail-unrunnable':
        return scheduler.stimulate({ op: 'fail-unrunnable', timeoutMs: 0, withoutWorkersMs: (b % 2) - 1 });
      case 'manage':
        return scheduler.stimulate({ op: 'manage-memory', policies: [new ReduceReplicas(), whim(b, c)] });
      case 'answer-copy':
        if (worker !== undefined) this.answerCopy(worker, b);
        return;
      case 'keep-copy':
        if (worker !== undefined) this.keepCopy(worker);
        return;
      case 'set-resources':
        if (worker === undefined) return;
        return scheduler.stimulate({
          op: 'set-resources',
          worker: worker.record,
          resources: new Map([['GPU', b % 4]]),
        });
      case 'heartbeat':
        if (worker === undefined) return;
        return scheduler.stimulate({
          op: 'heartbeat',
          worker: worker.record,
          memory: { spilledBytes: b, unmanagedBytes: c },
          bandwidth: c * 100_000,
        });
      case 'answer-steal':
        return this.answerSteal(b);
      case 'stale':
        if (worker === undefined) return;
        return scheduler.stimulate({
          op: 'tasks-finished',
          worker: worker.record,
          taskIds: [b, 1e6],
          runIds: [c + 1e6, 0],
          sizes: [8, 8],
          typeIds: [0, 0],
          starts: [1, 1],
          durations: [1, 1],
          results: null,
        });
      case 'refresh':
        if (worker !== undefined)
          scheduler.stimulate({ op: 'request-refresh-who-has', worker: worker.record, taskIds: [b] });
    }
  }

  loseCopy(_worker: WorkerModel, _task: TaskRecord, lose: () => void): void {
    lose();
  }

  /** The scheduler's belief is what workers have been told, and clients have been told what is. */
  check(): void {
    // Plain comparisons: the matchers would take most of the time of this file.
    for (const { record, assigned, held, asked } of this.workers) {
      for (const [task, workers] of this.scheduler.state.acquiring) {
        if (workers.includes(record) && !asked.has(task.id))
          throw new TypeError(`${record.about.name} was not asked for ${task.key}`);
      }
      const known = [...record.held, ...record.replicas];
      const isSame =
        record.processing.length === assigned.size &&
        record.processing.every((task) => assigned.get(task.id) === task.runId) &&
        known.every((task) => held.has(task.id)) &&
        // A copy that crossed with the order to compute it is about to be told of as the result of that.
        [...held].filter((id) => !assigned.has(id)).length === known.length;
      if (!isSame) throw new TypeError(`${record.about.name} has other tasks than the scheduler believes`);
    }
    for (const client of this.clients) {
      for (const [id, task] of client.tasks.entries()) {
        const belief = this.beliefs.get(client)?.get(id) ?? 'pending';
        const expected = task.state === STATE.memory ? 'memory' : task.state === STATE.erred ? 'erred' : 'pending';
        if (belief !== expected)
          throw new TypeError(`${client.name} believes ${belief} of ${task.key}, which is ${expected}`);
      }
    }
  }

  submit(client: ClientRecord, count: number, seed: number): void {
    const known = [...client.tasks.entries()].map(([, task]) => task.key);
    const shape: Record<string, string[]> = {};
    for (let index = 0; index < count; index += 1) {
      this.#next += 1;
      const earlier = [...Object.keys(shape), ...known];
      const dependencies = new Set<string>();
      for (let arm = 0; arm < (seed + index) % 4 && earlier.length > 0; arm += 1) {
        dependencies.add(earlier[(seed * (arm + 3) + index * 7) % earlier.length] as string);
      }
      shape[`task${String((seed + index) % 3)}-${String(this.#next)}`] = [...dependencies];
    }
    const keys = Object.keys(shape);
    const options = seed % 3 === 0 ? {} : { wanted: keys.filter((_, index) => (seed >> index) % 2 === 1) };
    this.graphs.push(
      this.scheduler.submit(client, shape, {
        ...options,
        retries: seed % 5 === 0 ? 1 : 0,
        priority: seed % 7 === 0 ? 1 : 0,
        resources: seed % 4 === 0 ? [{ name: 'GPU', amount: 1 + (seed % 2) }] : null,
        actor: seed % 6 === 1 ? true : null,
        span: seed % 3 === 1 ? pathOf(seed) : null,
      }),
    );
    for (const key of keys) this.submitted.push(key);
  }

  /** Submits keys anew that were submitted before: they may be running, stopped, failed, in memory or forgotten by now. */
  resubmit(client: ClientRecord, seed: number): void {
    const { submitted } = this;
    const count = Math.min(submitted.length, 1 + (seed % 3));
    const keys = new Set(Array.from({ length: count }, (_, index) => submitted[(seed + index * 5) % submitted.length]));
    if (keys.size === 0) return;
    const shape = Object.fromEntries(Array.from(keys, (key) => [key as string, []]));
    this.graphs.push(this.scheduler.submit(client, shape, { span: seed % 2 === 1 ? pathOf(seed) : null }));
  }

  submitWide(client: ClientRecord, count: number): void {
    this.#next += 1;
    const shape: Record<string, string[]> = {};
    for (let index = 0; index < count; index += 1)
      shape[`wide-${String(this.#next).padStart(16, '0')}-${String(index)}`] = [];
    this.graphs.push(this.scheduler.submit(client, shape));
  }

  finish(worker: WorkerModel, taskIds: readonly number[], seed: number): void {
    const runIds = taskIds.map((id) => worker.assigned.get(id) ?? 0);
    for (const id of taskIds) {
      worker.assigned.delete(id);
      worker.held.add(id);
    }
    this.scheduler.stimulate({
      op: 'tasks-finished',
      worker: worker.record,
      taskIds,
      runIds,
      sizes: taskIds.map(() => seed),
      typeIds: taskIds.map(() => 0),
      starts: taskIds.map(() => 0),
      durations: taskIds.map(() => (seed % 2 === 0 ? 0.01 : seed)),
      results: null,
    });
  }

  report(worker: WorkerModel, taskId: number, tell: (runId: number) => void): void {
    const runId = worker.assigned.get(taskId) ?? 0;
    worker.assigned.delete(taskId);
    tell(runId);
  }

  answerSteal(seed: number): void {
    const steal = this.steals[seed % Math.max(1, this.steals.length)];
    if (steal === undefined) return;
    this.steals = this.steals.filter((other) => other !== steal);
    const { worker, taskId, runId } = steal;
    const model = this.workers.find(({ record }) => record === worker);
    if (model === undefined) return;
    const isCurrent = model.assigned.get(taskId) === runId;
    const outcome = !isCurrent ? 'unknown' : seed % 3 === 0 ? 'kept' : 'given-up';
    if (outcome === 'given-up') model.assigned.delete(taskId);
    this.scheduler.stimulate({ op: 'steal-response', worker, taskId, runId, outcome });
  }

  /** A worker has the copy that it was asked for, or gives it up. */
  answerCopy(worker: WorkerModel, seed: number): void {
    const taskId = [...worker.asked][seed % Math.max(1, worker.asked.size)];
    if (taskId === undefined) return;
    worker.asked.delete(taskId);
    if (seed % 4 === 0 && !worker.held.has(taskId)) {
      this.scheduler.stimulate({ op: 'release-worker-data', worker: worker.record, taskIds: [taskId] });
      return;
    }
    this.addCopy(worker, taskId);
  }

  /** A worker tells of a copy. One that it was told to compute meanwhile it has computed, as far as it is concerned. */
  addCopy(worker: WorkerModel, taskId: number): void {
    worker.held.add(taskId);
    this.scheduler.stimulate({ op: 'add-keys', worker: worker.record, taskIds: [taskId], sizes: [8] });
    if (worker.assigned.has(taskId)) this.finish(worker, [taskId], 1);
  }

  /** A worker does not drop a copy that it was told to drop, or did and says so. */
  keepCopy(worker: WorkerModel): void {
    const [taskId] = worker.doomed;
    if (taskId === undefined) return;
    worker.doomed.delete(taskId);
    if (taskId % 2 === 0 && !worker.held.has(taskId)) {
      this.scheduler.stimulate({ op: 'release-worker-data', worker: worker.record, taskIds: [taskId] });
      return;
    }
    this.addCopy(worker, taskId);
  }

  scatter(client: ClientRecord, seed: number): void {
    this.#next += 1;
    const keys = [`data-${String(this.#next)}`];
    this.scheduler.stimulate({
      op: 'plan-scatter',
      client,
      ids: [client.nextId],
      keys: textColumn(keys),
      sizes: [seed],
      workers: [],
    });
  }

  arrive(): void {
    const { state } = this.scheduler;
    for (const [task, workers] of [...state.planned]) {
      for (const worker of [...workers]) {
        this.modelOf(worker).held.add(task.id);
        this.scheduler.stimulate({ op: 'add-keys', worker, taskIds: [task.id], sizes: [task.nbytes] });
      }
    }
  }

  desire(client: ClientRecord, seed: number): void {
    const tasks = [...this.scheduler.state.keys.values()];
    const key = tasks[seed % Math.max(1, tasks.length)]?.key ?? 'nobody';
    this.scheduler.stimulate({ op: 'client-desires-keys', client, ids: [client.nextId], keys: textColumn([key]) });
  }

  /** Everything works from now on: whatever is wanted settles. */
  settle(): void {
    this.addWorker(3);
    this.arrive();
    for (const { record } of this.workers)
      this.scheduler.stimulate({ op: 'retire-worker', worker: record, isRetiring: false });
    for (const { record } of this.workers)
      this.scheduler.stimulate({ op: 'worker-status', worker: record, status: 'running' });
    for (let round = 0; round < 1000; round += 1) {
      const busy = this.workers.find(({ assigned }) => assigned.size > 0);
      if (busy === undefined) break;
      this.finish(busy, [...busy.assigned.keys()], 1);
    }
    this.check();
    for (const client of this.clients) {
      for (const [, task] of client.tasks.entries()) expect(['memory', 'erred']).toContain(STATE_NAMES[task.state]);
    }
  }

  leave(): void {
    for (const client of this.clients) this.scheduler.stimulate({ op: 'remove-client', client });
    const { state, out } = this.scheduler;
    expect([state.tasks.size, state.keys.size, state.groups.size, state.queue.size, state.planned.size]).toEqual([
      0, 0, 0, 0, 0,
    ]);
    expect([...state.spans.all].filter(({ isOver, childCount }) => !isOver && childCount === 0)).toEqual([]);
    expect(new Set(out.releasedGraphs)).toEqual(new Set(this.graphs));
    expect(out.releasedGraphs).toHaveLength(this.graphs.length);
    for (const { record, held, assigned } of this.workers) {
      expect([record.nbytes, record.held.length, record.replicas.size, held.size, assigned.size]).toEqual([
        0, 0, 0, 0, 0,
      ]);
    }
    state.stepCounts.forEach((count, index) => {
      const name = `${STATE_NAMES[index >> 3] as string}->${STATE_NAMES[index & 7] as string}`;
      stepCounts.set(name, (stepCounts.get(name) ?? 0) + count);
    });
  }
}

/** One of a few spans, each at its place within others. */
function pathOf(seed: number): { id: string; name: string }[] {
  const outer = `outer-${String(seed % 2)}`;
  return [outer, `${outer}-inner-${String(seed % 5)}`].slice(0, 1 + (seed % 2)).map((id) => ({ id, name: id }));
}

/** A policy that knows no rule. */
function whim(a: number, b: number): MemoryPolicy {
  return {
    name: 'whim',
    run(round) {
      const worker = round.workers[a % Math.max(1, round.workers.length)];
      if (worker === undefined) return;
      const task = round.tasksOn(worker)[b % Math.max(1, round.tasksOn(worker).length)];
      if (task === undefined) return;
      const copies = round.copyCount(task);
      const recipient = round.replicate(task, b % 3 === 0 ? [worker] : undefined);
      if (recipient !== null && round.copyCount(task) !== copies + 1) throw new TypeError('a copy is not counted');
      if (round.drop(task, a % 3 === 0 ? [worker] : undefined) !== null && round.holdersOf(task).length === 0)
        throw new TypeError('the last copy is gone');
    },
  };
}

describe('the core', () => {
  it('keeps its invariants whatever happens, settles what is wanted, and forgets what is not', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 10, maxLength: 150, size: 'max' }), (steps) => {
        const model = new Model();
        for (const each of steps) {
          model.take(each);
          model.check();
        }
        model.settle();
        model.leave();
      }),
      { numRuns: 60, endOnFailure: true },
    );
  });

  afterAll(() => {
    const untried = (Object.keys(TRANSITIONS) as TransitionName[]).filter((name) => (stepCounts.get(name) ?? 0) === 0);
    expect(untried).toEqual([]);
  });
});
