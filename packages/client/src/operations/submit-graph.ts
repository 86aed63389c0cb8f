import type { Key } from '@grid/common';
import {
  cull,
  dataSpec,
  inOrder,
  isTaskRef,
  NO_TASK_OPTIONS,
  TaskGraph,
  validateGraph,
  type RunSpec,
} from '@grid/graph';

import { badArgument, refuseClass } from '../check-arguments.js';
import type { ClientParts } from '../client-parts.js';
import { takeIds } from '../core/client-state.js';
import type { Future } from '../future.js';
import type { SubmitOptions } from '../options.js';
import type { GraphBatch } from '../shell/graph-batch.js';
import { annotatedOptions, areAnnotationsByKey } from './annotated-options.js';
import { checkKey, checkOptions } from './graph-options.js';
import { cancelWith } from './submit.js';

/** Graphs that are submitted closer together than this are as good as one when it comes to who is first. */
const GRAPH_FIFO_TIMEOUT = '60s';

/** Rows of one message of a graph. The scheduler takes a long message in slices by itself. */
const MESSAGE_ROWS = 100_000;

/**
 * Sends what `keys` need of a graph, in the order in which it is best run.
 *
 * Tasks that this client holds futures of already are not sent again.
 *
 * @returns Futures of `keys`.
 */
export function submitGraph(
  parts: ClientParts,
  graph: TaskGraph,
  keys: readonly Key[],
  options: Omit<SubmitOptions, 'key'>,
): Future<unknown>[] {
  parts.assertOpen('submit a graph');
  if (typeof (graph as Partial<TaskGraph> | null)?.keys !== 'function')
    throw badArgument('a graph is a `TaskGraph`', graph);
  for (const key of graph.keys()) {
    const known = parts.futures.find(key);
    if (known?.status === 'cancelled') parts.futures.detach(known);
  }
  const isKnown = (key: Key): boolean => parts.futures.find(key) !== undefined;
  const missing = keys.filter((key) => !isKnown(key));
  const needed = cull(graph, missing);
  validateGraph(needed, { isKnown });
  const specs = inOrder(needed).filter(({ key }) => !isKnown(key));
  const writer = new GraphWriter(parts, specs, new Set(missing), { fifoTimeout: GRAPH_FIFO_TIMEOUT, ...options });
  writer.write();
  const records = keys.map((key) => parts.futures.find(key) ?? parts.futures.create(key, writer.idOf(key)));
  const futures = records.map((record) => parts.futures.handOut(record));
  if (options.signal !== undefined) cancelWith(parts, records, options.signal);
  return futures;
}

/** The same as a graph: of futures, by the same keys. */
export function persist(
  parts: ClientParts,
  graph: TaskGraph,
  keys: readonly Key[],
  options: Omit<SubmitOptions, 'key'>,
): TaskGraph {
  const unique = [...new Set(keys)];
  const futures = submitGraph(parts, graph, unique, options);
  return TaskGraph.of(unique.map((key, index) => dataSpec(key, futures[index])));
}

/**
 * Writes specs, already in order, as messages. Nothing is sent before all of them could be encoded.
 *
 * The scheduler forgets at once what nobody holds and nothing depends on. So rows that a later message depends on are
 * held, as if there were futures of them, until that message is on its way.
 */
class GraphWriter {
  readonly #parts: ClientParts;
  readonly #specs: readonly RunSpec[];
  readonly #wanted: ReadonlySet<Key>;
  readonly #options: Omit<SubmitOptions, 'key'>;
  readonly #ids = new Map<Key, number>();
  readonly #batches: GraphBatch[] = [];
  /** Client ids of rows that a later message depends on. */
  readonly #held = new Set<number>();
  readonly #idOf = (value: object): number | undefined => this.#referenceOf(value);
  #batch: GraphBatch | null = null;

  constructor(
    parts: ClientParts,
    specs: readonly RunSpec[],
    wanted: ReadonlySet<Key>,
    options: Omit<SubmitOptions, 'key'>,
  ) {
    this.#parts = parts;
    this.#specs = specs;
    this.#wanted = wanted;
    this.#options = options;
  }

  /** The client id of a task of this graph. */
  idOf(key: Key): number | undefined {
    return this.#ids.get(key);
  }

  write(): void {
    const firstId = takeIds(this.#parts.state, this.#specs.length);
    const common = areAnnotationsByKey() ? null : checkOptions(annotatedOptions(this.#options, ''));
    let id = firstId;
    for (const { key } of this.#specs) this.#ids.set(checkKey(key), id++);
    id = firstId;
    for (const spec of this.#specs) {
      const own = spec.kind === 'call' ? spec.options : NO_TASK_OPTIONS;
      const checked =
        common !== null && own === NO_TASK_OPTIONS
          ? common
          : checkOptions({ ...annotatedOptions(this.#options, spec.key), ...own });
      let batch = this.#batch;
      if (batch === null || batch.optionsKey !== checked.optionsKey || batch.rows === MESSAGE_ROWS) {
        batch = this.#parts.outbox.newBatch(checked.options, id, checked.optionsKey);
        this.#batches.push(batch);
        this.#batch = batch;
      }
      this.#addRow(batch, spec);
      id += 1;
    }
    this.#send(firstId);
  }

  #send(firstId: number): void {
    const { outbox } = this.#parts;
    const wanted = new Set(Array.from(this.#wanted, (key) => this.#ids.get(key) as number));
    const kept = Uint32Array.from(new Set([...wanted, ...this.#held]), (id) => id - firstId).sort();
    let next = 0;
    for (const batch of this.#batches) {
      const start = next;
      const firstRow = batch.firstId - firstId;
      while (next < kept.length && (kept[next] as number) < firstRow + batch.rows) next += 1;
      batch.setWanted(Array.from(kept.subarray(start, next), (row) => row - firstRow));
    }
    for (const batch of this.#batches) outbox.sendBatch(batch);
    for (const id of this.#held) if (!wanted.has(id)) outbox.release(id);
  }

  #addRow(batch: GraphBatch, spec: RunSpec): void {
    const { functions, args } = this.#parts;
    // A literal is a task that gives its argument back: references in it are replaced on the way.
    const fn = functions.capture(spec.kind === 'call' ? spec.fn : giveBack);
    refuseClass(fn);
    const tuple = spec.kind === 'call' ? spec.args : [spec.value];
    const { dependencies, buffers } = args.write(batch.args, tuple, this.#idOf);
    batch.use(fn);
    batch.addRow({ key: spec.key, functionId: fn.id, dependencies, buffers });
  }

  #referenceOf(value: object): number | undefined {
    if (!isTaskRef(value)) return this.#parts.futures.recordOf(value)?.id;
    const id = this.#ids.get(value.key);
    if (id !== undefined && id < (this.#batch?.firstId ?? 0)) this.#held.add(id);
    return id ?? this.#parts.futures.find(value.key)?.id;
  }
}

function giveBack<T>(value: T): T {
  return value;
}
