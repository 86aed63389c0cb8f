/*
 * What the core costs for each trivial task, and what a pending task weighs. By hand, from this folder:
 *
 *   npx esbuild bench/core.bench.ts --bundle --platform=node --format=esm --conditions=@grid/source --outfile=temp/core.bench.mjs
 *   node --expose-gc [--cpu-prof] temp/core.bench.mjs
 */
import { NumberedTexts, textColumn, type TextColumn } from '@grid/protocol';

import { GraphBlock } from '../src/core/graph-block.js';
import { handleStimulus } from '../src/core/handle-stimulus.js';
import type { ClientRecord, TaskRecord, WorkerRecord } from '../src/core/records.js';
import { DEFAULT_POLICY } from '../src/core/scheduler-options.js';
import type { SchedulerOutput } from '../src/core/scheduler-output.js';
import { createSchedulerState, type SchedulerState } from '../src/core/scheduler-state.js';
import type { Stimulus } from '../src/core/stimulus.js';

const OPTIONS = {
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

/** Keeps what each worker has to do, and how many results the client heard of. */
class Sink implements SchedulerOutput {
  readonly assigned = new Map<WorkerRecord, { taskIds: number[]; runIds: number[] }>();
  inMemory = 0;

  computeTask(worker: WorkerRecord, task: TaskRecord): void {
    let rows = this.assigned.get(worker);
    if (rows === undefined) this.assigned.set(worker, (rows = { taskIds: [], runIds: [] }));
    rows.taskIds.push(task.id);
    rows.runIds.push(task.runId);
  }

  keyInMemory(): void {
    this.inMemory += 1;
  }

  stealTask(): void {}
  acquireReplica(): void {}
  removeReplica(): void {}
  policyFailed(): void {}
  freeKeys(): void {}
  removeWorker(): void {}
  refreshWhoHas(): void {}
  countRuns(): void {}
  listRuns(): void {}
  foundStuck(): void {}
  closeWorker(): void {}
  keyErred(): void {}
  keyLost(): void {}
  keyCancelled(): void {}
  keyRetried(): void {}
  graphRefused(): void {}
  graphReleased(): void {}
}

class Bench {
  readonly state: SchedulerState = createSchedulerState(DEFAULT_POLICY);
  readonly sink = new Sink();
  #now = 0;

  take(stimulus: Stimulus): void {
    handleStimulus(this.state, stimulus, (this.#now += 1), this.sink);
  }

  client(): ClientRecord {
    let client: ClientRecord | undefined;
    this.take({ op: 'add-client', name: 'client', isListening: true, onRecord: (record) => void (client = record) });
    return client as unknown as ClientRecord;
  }

  workers(count: number): void {
    for (let index = 0; index < count; index += 1) {
      const name = `w${String(index)}`;
      this.take({
        op: 'add-worker',
        about: {
          name,
          address: name,
          host: name,
          threads: 1,
          memoryLimit: 0,
          resources: new Map(),
          takesReplicas: true,
          countsRuns: true,
        },
        onRecord: () => {},
      });
    }
  }

  submit(
    client: ClientRecord,
    keys: TextColumn,
    dependencies: { ends: Uint32Array; ids: Uint32Array } | null,
    wanted: Uint8Array | null,
  ): void {
    const rows = keys.length;
    const ends = Uint32Array.from({ length: rows }, (_, row) => (row + 1) * 8);
    const graph = new GraphBlock({
      graphId: 0,
      functionIds: 0,
      args: { block: new Uint8Array(rows * 8), ends, buffers: null },
      order: null,
      options: OPTIONS,
    });
    this.take({
      op: 'update-graph',
      client,
      graph,
      firstId: client.nextId,
      keys,
      dependencies,
      wanted,
      parent: null,
      firstRow: 0,
      endRow: rows,
      owner: null,
    });
  }

  /** Workers finish what they have, in batches, until nothing is left. */
  run(): void {
    for (;;) {
      let isDone = true;
      for (const [worker, rows] of this.sink.assigned) {
        const { taskIds, runIds } = rows;
        if (taskIds.length === 0) continue;
        isDone = false;
        this.sink.assigned.set(worker, { taskIds: [], runIds: [] });
        const count = taskIds.length;
        this.take({
          op: 'tasks-finished',
          worker,
          taskIds,
          runIds,
          sizes: new Uint32Array(count).fill(8),
          typeIds: new Uint32Array(count),
          starts: new Float64Array(count).fill(1_790_000_000_000.5),
          durations: new Float64Array(count).fill(0.005),
          results: null,
        });
      }
      if (isDone) return;
    }
  }
}

/** CPU time, so that what else runs on the machine does not count. */
function milliseconds(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

function print(name: string, tasks: number, steps: Record<string, number>): void {
  const total = Object.values(steps).reduce((sum, ms) => sum + ms, 0);
  const parts = Object.entries(steps).map(([step, ms]) => `${step} ${((ms * 1000) / tasks).toFixed(2)}`);
  console.log(`${name}: ${((total * 1000) / tasks).toFixed(2)} us a task (${parts.join(', ')})`);
}

function independent(tasks: number): void {
  const bench = new Bench();
  const client = bench.client();
  bench.workers(2);
  const steps: Record<string, number> = {};
  const batch = 20_000;
  steps['submit'] = milliseconds(() => {
    for (let first = 0; first < tasks; first += batch) {
      bench.submit(
        client,
        new NumberedTexts('inc-0123456789abcdef0123456789abcdef-', first, Math.min(batch, tasks - first)),
        null,
        null,
      );
    }
  });
  steps['run'] = milliseconds(() => bench.run());
  steps['release'] = milliseconds(() =>
    bench.take({ op: 'client-releases-keys', client, ids: Uint32Array.from({ length: tasks }, (_, id) => id) }),
  );
  if (bench.state.tasks.size !== 0 || bench.sink.inMemory !== tasks) throw new TypeError('not all was done');
  print(`independent ${String(tasks)}`, tasks, steps);
}

function tree(depth: number): void {
  const tasks = 2 ** (depth + 1) - 1;
  const bench = new Bench();
  const client = bench.client();
  bench.workers(2);
  const leaves = 2 ** depth;
  const ends = new Uint32Array(tasks);
  const ids: number[] = [];
  for (let row = 0; row < tasks; row += 1) {
    if (row >= leaves) ids.push(2 * (row - leaves), 2 * (row - leaves) + 1);
    ends[row] = ids.length;
  }
  const keys = textColumn(Array.from({ length: tasks }, (_, row) => `add-${row.toString(16).padStart(32, '0')}`));
  const wanted = new Uint8Array(tasks);
  wanted[tasks - 1] = 1;
  const steps: Record<string, number> = {};
  steps['submit'] = milliseconds(() => bench.submit(client, keys, { ends, ids: Uint32Array.from(ids) }, wanted));
  steps['run'] = milliseconds(() => bench.run());
  steps['release'] = milliseconds(() => bench.take({ op: 'client-releases-keys', client, ids: [tasks - 1] }));
  if (bench.state.tasks.size !== 0 || bench.sink.inMemory !== 1) throw new TypeError('not all was done');
  print(`binary tree ${String(tasks)}`, tasks, steps);
}

function memory(tasks: number): void {
  const { gc } = globalThis;
  if (gc === undefined) return;
  const bench = new Bench();
  const client = bench.client();
  gc();
  const before = process.memoryUsage();
  for (let first = 0; first < tasks; first += 20_000) {
    bench.submit(
      client,
      new NumberedTexts('inc-0123456789abcdef0123456789abcdef-', first, Math.min(20_000, tasks - first)),
      null,
      null,
    );
  }
  gc();
  const after = process.memoryUsage();
  const heap = (after.heapUsed - before.heapUsed) / tasks;
  const buffers = (after.arrayBuffers - before.arrayBuffers) / tasks;
  console.log(`memory of ${String(tasks)} pending: heap ${heap.toFixed(0)} B, buffers ${buffers.toFixed(0)} B a task`);
  if (bench.state.tasks.size !== tasks) throw new TypeError('tasks are missing');
}

for (let round = 0; round < 6; round += 1) {
  independent(100_000);
  tree(14);
}
memory(1_000_000);
