import { expect } from '@jest/globals';
import { textColumn } from '@grid/protocol';

import { GraphBlock, type GraphOptions } from '../../src/core/graph-block.js';
import type { WorkerInventory } from '../../src/core/inventory.js';
import { inventoryProblem } from '../../src/core/orphans.js';
import { handleStimulus } from '../../src/core/handle-stimulus.js';
import type { ClientRecord, TaskRecord, WorkerRecord } from '../../src/core/records.js';
import { DEFAULT_POLICY, type SchedulerPolicy } from '../../src/core/scheduler-options.js';
import { createSchedulerState, type SchedulerState } from '../../src/core/scheduler-state.js';
import type { Stimulus } from '../../src/core/stimulus.js';
import type { WorkerExit } from '../../src/core/worker-exit.js';
import { STATE_NAMES, type TaskStateName } from '../../src/core/task-state.js';
import { validateState } from '../../src/core/validate-state.js';
import { RecordingOutput } from './recording-output.js';

/** Tasks by key, each with the keys it depends on. */
export type Shape = Readonly<Record<string, readonly string[]>>;

export interface SubmitOptions extends Partial<GraphOptions> {
  /** Keys that the client wants; default: all. */
  readonly wanted?: readonly string[];
  /** Places in the order of execution; default: as listed. */
  readonly order?: readonly number[];
  /** The key of the task that submits them. */
  readonly parent?: string;
  /** It is submitted again, to another scheduler; until it is removed this client wants all of it. */
  readonly resumeOwner?: ClientRecord;
  /** The client's number of the first. */
  readonly firstId?: number;
}

/** What a worker brings of a former scheduler. */
export interface Brought {
  readonly id: number;
  readonly key: string;
  readonly run?: 'running' | 'long-running';
  readonly isActor?: boolean;
}

interface WorkerSize {
  readonly name: string;
  readonly threads: number;
  readonly memoryLimit: number;
  readonly resources: Readonly<Record<string, number>>;
}

const OPTIONS: GraphOptions = {
  priority: 0,
  fifoTimeoutMs: 100,
  retries: 0,
  workers: [],
  allowOtherWorkers: false,
  timeoutMs: 0,
  resources: null,
  actor: null,
  span: null,
  custom: null,
};

/** What a task throws in tests. */
export const FAILURE = { error: { body: new Uint8Array(), buffers: [] }, name: 'Error', message: 'boom', stack: '' };

/** A scheduler's core, driven by hand, that checks every invariant after each step. */
export class TestScheduler {
  readonly state: SchedulerState;
  readonly out = new RecordingOutput();
  now = 1_000_000;
  #graphId = 0;
  #port = 0;

  constructor(policy: Partial<SchedulerPolicy> = {}) {
    this.state = createSchedulerState({ ...DEFAULT_POLICY, storyLength: 1000, ...policy });
  }

  stimulate(stimulus: Stimulus): void {
    handleStimulus(this.state, stimulus, this.now, this.out);
    validateState(this.state);
  }

  client(name = 'client', isListening = true): ClientRecord {
    let client: ClientRecord | undefined;
    this.stimulate({ op: 'add-client', name, isListening, onRecord: (record) => void (client = record) });
    return client as unknown as ClientRecord;
  }

  worker(name: string, threads = 1, memoryLimit = 0, resources: Readonly<Record<string, number>> = {}): WorkerRecord {
    return this.#addWorker({ name, threads, memoryLimit, resources }, null);
  }

  /** A worker of a former scheduler comes, with results and runs of it. */
  returningWorker(name: string, brought: readonly Brought[], threads = 1): WorkerRecord {
    const inventory: WorkerInventory = {
      taskEnd: Math.max(0, ...brought.map(({ id }) => id + 1)),
      runEnd: 1000,
      taskIds: brought.map(({ id }) => id),
      runIds: brought.map(({ id }) => 100 + id),
      rows: brought.map(({ run = null, isActor = false }) => ({ run, isActor })),
      sizes: brought.map(() => 8),
      typeIds: brought.map(() => 1),
      keys: textColumn(brought.map(({ key }) => key)),
    };
    expect(inventoryProblem(this.state, inventory)).toBeNull();
    return this.#addWorker({ name, threads, memoryLimit: 0, resources: {} }, inventory);
  }

  #addWorker({ name, threads, memoryLimit, resources }: WorkerSize, inventory: WorkerInventory | null): WorkerRecord {
    let worker: WorkerRecord | undefined;
    this.#port += 1;
    const about = {
      name,
      address: `tcp://127.0.0.1:${String(this.#port)}`,
      host: '127.0.0.1',
      threads,
      memoryLimit,
      resources: new Map(Object.entries(resources)),
      takesReplicas: true,
      countsRuns: true,
    };
    this.stimulate({ op: 'add-worker', about, inventory, onRecord: (record) => void (worker = record) });
    return worker as unknown as WorkerRecord;
  }

  /** Submits new keys, and keys that this client wants already, in the order given. */
  submit(client: ClientRecord, shape: Shape, options: SubmitOptions = {}): GraphBlock {
    const keys = Object.keys(shape);
    const { firstId = client.nextId } = options;
    const ends: number[] = [];
    const ids: number[] = [];
    for (const dependencies of Object.values(shape)) {
      for (const key of dependencies)
        ids.push(keys.includes(key) ? firstId + keys.indexOf(key) : this.idOf(client, key));
      ends.push(ids.length);
    }
    return this.#submitColumns(client, keys, { ends, ids }, options);
  }

  /** Submits tasks that all depend on the same client numbers. */
  submitIds(client: ClientRecord, keys: readonly string[], ids: readonly number[]): GraphBlock {
    const ends = keys.map((_, row) => (row + 1) * ids.length);
    return this.#submitColumns(client, keys, { ends, ids: keys.flatMap(() => ids) }, {});
  }

  /** Submits tasks by key, each with the client's numbers that it depends on. */
  submitGraph(client: ClientRecord, shape: Readonly<Record<string, readonly number[]>>): GraphBlock {
    const ends: number[] = [];
    const ids = Object.values(shape).flatMap((own) => own);
    for (const own of Object.values(shape)) ends.push((ends.at(-1) ?? 0) + own.length);
    return this.#submitColumns(client, Object.keys(shape), { ends, ids }, {});
  }

  /** Submits tasks by key, each with the client's numbers that it depends on. */
  submitNumbered(
    client: ClientRecord,
    rows: readonly { readonly key: string; readonly ids: readonly number[] }[],
    options: SubmitOptions,
  ): GraphBlock {
    const ends: number[] = [];
    for (const { ids } of rows) ends.push((ends.at(-1) ?? 0) + ids.length);
    const columns = { ends, ids: rows.flatMap(({ ids }) => ids) };
    return this.#submitColumns(
      client,
      rows.map(({ key }) => key),
      columns,
      options,
    );
  }

  #submitColumns(
    client: ClientRecord,
    keys: readonly string[],
    dependencies: { readonly ends: number[]; readonly ids: readonly number[] },
    { wanted, order, parent, resumeOwner, firstId = client.nextId, ...rest }: SubmitOptions,
  ): GraphBlock {
    const args = { block: new Uint8Array(), ends: new Uint32Array(keys.length), buffers: null };
    const graph = new GraphBlock({
      graphId: this.#graphId,
      functionIds: 0,
      args,
      order: order ?? null,
      options: { ...OPTIONS, ...rest },
    });
    this.#graphId += 1;
    this.stimulate({
      op: 'update-graph',
      client,
      graph,
      firstId,
      keys: textColumn(keys),
      dependencies: dependencies.ids.length === 0 ? null : dependencies,
      wanted: wanted === undefined ? null : Uint8Array.from(keys, (key) => (wanted.includes(key) ? 1 : 0)),
      parent: parent === undefined ? null : this.task(parent).id,
      firstRow: 0,
      endRow: keys.length,
      owner: resumeOwner ?? null,
      isResumed: resumeOwner !== undefined,
    });
    return graph;
  }

  /** `worker` finishes these, in this order, in one message. */
  finish(worker: WorkerRecord, keys: readonly string[], { nbytes = 8, durationMs = 1000 } = {}): void {
    const tasks = keys.map((key) => this.task(key));
    this.stimulate({
      op: 'tasks-finished',
      worker,
      taskIds: tasks.map(({ id }) => id),
      runIds: tasks.map(({ runId }) => runId),
      sizes: tasks.map(() => nbytes),
      typeIds: tasks.map(() => 0),
      starts: tasks.map(() => this.now - durationMs),
      durations: tasks.map(() => durationMs),
      results: null,
    });
  }

  err(worker: WorkerRecord, key: string): void {
    const { id, runId } = this.task(key);
    this.stimulate({
      op: 'task-erred',
      worker,
      taskId: id,
      runId,
      startMs: this.now - 1,
      durationMs: 1,
      failure: FAILURE,
    });
  }

  /** `exit`: how its process ended, as its nanny saw it. */
  removeWorker(worker: WorkerRecord, isExpected = false, exit: WorkerExit | null = null): void {
    this.stimulate({ op: 'remove-worker', worker, isExpected, reason: 'test', exit });
  }

  release(client: ClientRecord, keys: readonly string[]): void {
    this.stimulate({ op: 'client-releases-keys', client, ids: keys.map((key) => this.idOf(client, key)) });
  }

  task(key: string): TaskRecord {
    const task = this.state.keys.get(key);
    if (task === undefined) throw new TypeError(`no task ${key}`);
    return task;
  }

  stateOf(key: string): TaskStateName | 'gone' {
    const task = this.state.keys.get(key);
    return task === undefined ? 'gone' : (STATE_NAMES[task.state] as TaskStateName);
  }

  /** States of keys, in that order. */
  states(...keys: readonly string[]): string[] {
    return keys.map((key) => this.stateOf(key));
  }

  idOf(client: ClientRecord, key: string): number {
    for (const [id, task] of client.tasks.entries()) if (task.key === key) return id;
    throw new TypeError(`${client.name} does not want ${key}`);
  }
}
