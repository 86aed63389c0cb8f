import { ByteSink, COMPUTE_FLAGS, TextColumnBuilder, type MessageWith } from '@grid/protocol';
import type { MessageRun } from '@grid/rpc';

import { dependenciesOf, nbytesOf, orderOf, type TaskRecord, type WorkerRecord } from '../../core/records.js';
import type { SpanRecord } from '../../core/spans/span-record.js';
import { invariant } from '@grid/common';
import type { FunctionRegistry } from '../function-registry.js';
import { appendBytes } from './keys-in-memory-run.js';
import { WorkerParts } from './worker-parts.js';

type ComputeTasks = MessageWith<'compute-tasks'>;
type RowResources = NonNullable<ComputeTasks['resources']>[number];

/** A message of this size is large enough to pay for itself, and small enough to be taken in one turn. */
const BYTES_MAX = 1024 * 1024;
/** What a row takes besides its arguments, about. */
const ROW_BYTES = 120;
/** Of a dependency that many workers hold, this many are named: a worker that finds none of them asks. */
const HOLDERS_MAX = 16;

/** What a worker has been told of. */
export interface Introductions {
  readonly functions: Set<number>;
  /** Code, by hash. */
  readonly units: Set<string>;
  readonly workers: Set<number>;
}

/** A batch of tasks for one worker. */
export class ComputeRun implements MessageRun {
  readonly op = 'compute-tasks';
  readonly #registry: FunctionRegistry;
  readonly #introduced: Introductions;
  readonly #workers: WorkerParts;
  readonly #functions: ComputeTasks['functions'][number][] = [];
  readonly #units: ComputeTasks['units'][number][] = [];
  readonly #taskIds: number[] = [];
  readonly #runIds: number[] = [];
  readonly #stimulusIds: number[] = [];
  readonly #functionIds: number[] = [];
  readonly #priorities: number[] = [];
  readonly #generations: number[] = [];
  readonly #orders: number[] = [];
  readonly #flags: number[] = [];
  readonly #timeouts: number[] = [];
  readonly #keys = new TextColumnBuilder();
  readonly #args = new ByteSink(256);
  readonly #argEnds: number[] = [];
  readonly #argBuffers: { readonly row: number; readonly buffers: readonly Uint8Array[] }[] = [];
  readonly #dependencyEnds: number[] = [];
  readonly #dependencyIds: number[] = [];
  readonly #dependencySizes: number[] = [];
  readonly #holderEnds: number[] = [];
  readonly #holders: number[] = [];
  #resources: RowResources[] | null = null;
  /** Made with the first task that is in one. */
  #spans: number[] | null = null;
  #bufferBytes = 0;
  #hasTimeouts = false;

  /** @param introduced - What the worker knows; this adds to it. */
  constructor(registry: FunctionRegistry, introduced: Introductions) {
    this.#registry = registry;
    this.#introduced = introduced;
    this.#workers = new WorkerParts(introduced.workers);
  }

  get byteLength(): number {
    return this.#args.length + this.#bufferBytes + (this.#taskIds.length + this.#dependencyIds.length) * ROW_BYTES;
  }

  get isFull(): boolean {
    return this.byteLength > BYTES_MAX;
  }

  add(task: TaskRecord, stimulusId: number): void {
    const { graph, row } = task;
    invariant(graph !== null, `${task.key} is plain data and cannot be computed`);
    const { options, args } = graph;
    this.#taskIds.push(task.id);
    this.#runIds.push(task.runId);
    this.#stimulusIds.push(stimulusId);
    this.#functionIds.push(this.#introduce(graph.functionIdOf(row)));
    // The protocol wants smaller first; users say larger first.
    this.#priorities.push(0 - options.priority);
    this.#generations.push(graph.generation);
    this.#orders.push(orderOf(task));
    this.#flags.push(
      (task.wantedBy === null ? 0 : COMPUTE_FLAGS.sendResult) | (options.actor === true ? COMPUTE_FLAGS.actor : 0),
    );
    this.#timeouts.push(options.timeoutMs);
    if (options.timeoutMs > 0) this.#hasTimeouts = true;
    if (options.resources !== null)
      (this.#resources ??= []).push({ row: this.#taskIds.length - 1, amounts: options.resources });
    if (graph.span !== null || this.#spans !== null) this.#addSpan(graph.span);
    this.#keys.push(task.key);
    appendBytes(this.#args, args.block, row === 0 ? 0 : (args.ends[row - 1] as number), args.ends[row] as number);
    this.#argEnds.push(this.#args.length);
    if (args.buffers !== null) this.#addBuffers(args.buffers.get(row));
    if (task.dependencies !== null) {
      const aliased = graph.aliasedRows?.get(row) as readonly TaskRecord[] | undefined;
      for (const dependency of aliased ?? dependenciesOf(task)) this.#addDependency(dependency);
    }
    this.#dependencyEnds.push(this.#dependencyIds.length);
  }

  finish(): ComputeTasks {
    return {
      op: this.op,
      functions: this.#functions,
      workers: this.#workers.parts,
      taskIds: this.#taskIds,
      runIds: this.#runIds,
      stimulusIds: this.#stimulusIds,
      functionIds: this.#functionIds,
      priorities: this.#priorities,
      generations: this.#generations,
      orders: this.#orders,
      flags: this.#flags,
      timeoutsMs: this.#hasTimeouts ? this.#timeouts : null,
      keys: this.#keys,
      args: { block: this.#args.bytes.subarray(0, this.#args.length), ends: this.#argEnds, buffers: this.#argBuffers },
      dependencies:
        this.#dependencyIds.length === 0
          ? null
          : {
              ends: this.#dependencyEnds,
              ids: this.#dependencyIds,
              sizes: this.#dependencySizes,
              holders: { ends: this.#holderEnds, ids: this.#holders },
            },
      resources: this.#resources,
      units: this.#units,
      spans: this.#spans,
    };
  }

  #introduce(functionId: number): number {
    const { functions } = this.#introduced;
    if (functions.has(functionId)) return functionId;
    functions.add(functionId);
    const part = this.#registry.partOf(functionId);
    this.#functions.push(part);
    for (const hash of part.units) this.#introduceUnit(hash);
    return functionId;
  }

  #introduceUnit(hash: string): void {
    const { units } = this.#introduced;
    if (units.has(hash)) return;
    units.add(hash);
    const part = this.#registry.units.partOf(hash);
    invariant(part !== undefined, `the code ${hash} is gone before its function`);
    this.#units.push(part);
    this.#bufferBytes += part.body.byteLength;
  }

  #addSpan(span: SpanRecord | null): void {
    // The rows before it are in none.
    this.#spans ??= new Array<number>(this.#taskIds.length - 1).fill(0);
    this.#spans.push(span?.number ?? 0);
  }

  #addBuffers(buffers: readonly Uint8Array[] | undefined): void {
    if (buffers === undefined) return;
    this.#argBuffers.push({ row: this.#argEnds.length - 1, buffers });
    for (const buffer of buffers) this.#bufferBytes += buffer.byteLength;
  }

  #addDependency(dependency: TaskRecord): void {
    this.#dependencyIds.push(dependency.id);
    this.#dependencySizes.push(nbytesOf(dependency));
    const { whoHas } = dependency;
    if (Array.isArray(whoHas) || whoHas instanceof Set) this.#addHolders(whoHas);
    else if (whoHas !== null) this.#holders.push(this.#workers.numberOf(whoHas));
    this.#holderEnds.push(this.#holders.length);
  }

  #addHolders(holders: Iterable<WorkerRecord>): void {
    let count = 0;
    for (const holder of holders) {
      if (count === HOLDERS_MAX) return;
      this.#holders.push(this.#workers.numberOf(holder));
      count += 1;
    }
  }
}
