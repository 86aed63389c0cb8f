import { ByteSink, NumberedTexts, textColumn, type MessageWith, type TextColumn } from '@grid/protocol';

import type { Introduction, KnownFunction } from './function-table.js';

type UpdateGraph = MessageWith<'update-graph'>;

/** The options of a message, alike for all its tasks. */
export type GraphOptions = UpdateGraph['options'];

/** One task to add: its function's number on this connection, its dependencies' client ids, each once. */
export interface BatchRow {
  readonly key: string;
  readonly functionId: number;
  readonly dependencies: readonly number[];
  readonly buffers: readonly Uint8Array[];
}

/**
 * Tasks that were submitted one after another with the same options, on their way to be one `update-graph`.
 *
 * Their client ids are consecutive. Arguments are encoded straight into {@link args}; a row is closed by
 * {@link GraphBatch.addRow}.
 */
export class GraphBatch {
  readonly args = new ByteSink(256);
  readonly #keys: string[] = [];
  readonly #functionIds: number[] = [];
  readonly #argEnds: number[] = [];
  readonly #buffers: { readonly row: number; readonly buffers: readonly Uint8Array[] }[] = [];
  readonly #dependencyEnds: number[] = [];
  readonly #dependencyIds: number[] = [];
  readonly #functions = new Map<number, KnownFunction>();
  #order: ArrayLike<number> | null = null;
  #wanted: readonly number[] | null = null;
  #numbered: NumberedTexts | null = null;

  readonly graphId: number;
  readonly firstId: number;
  readonly options: GraphOptions;
  /** What tells `options` apart from others; compared instead of their fields. */
  readonly optionsKey: string;
  /** The scheduler's id of the task that submits these; `null` if no task does. */
  readonly parentId: number | null;

  constructor(about: Pick<GraphBatch, 'graphId' | 'firstId' | 'options' | 'optionsKey' | 'parentId'>) {
    this.graphId = about.graphId;
    this.firstId = about.firstId;
    this.options = about.options;
    this.optionsKey = about.optionsKey;
    this.parentId = about.parentId;
  }

  get rows(): number {
    return this.#functionIds.length;
  }

  /** The functions that its rows run. */
  get functions(): Iterable<KnownFunction> {
    return this.#functions.values();
  }

  /** Says that a row of this batch runs `fn`. */
  use(fn: KnownFunction): void {
    this.#functions.set(fn.id, fn);
  }

  /** Closes the row whose arguments were written last. */
  addRow({ key, functionId, dependencies, buffers }: BatchRow): void {
    if (buffers.length > 0) this.#buffers.push({ row: this.rows, buffers });
    this.#keys.push(key);
    this.#closeRow(functionId);
    for (const dependency of dependencies) this.#dependencyIds.push(dependency);
    this.#dependencyEnds.push(this.#dependencyIds.length);
  }

  /** Closes a row of a batch whose keys are numbered; see {@link GraphBatch.numberKeys}. */
  addNumberedRow(functionId: number, dependencies: readonly number[], buffers: readonly Uint8Array[]): void {
    if (buffers.length > 0) this.#buffers.push({ row: this.rows, buffers });
    this.#closeRow(functionId);
    for (const dependency of dependencies) this.#dependencyIds.push(dependency);
    this.#dependencyEnds.push(this.#dependencyIds.length);
  }

  /** All rows' keys are `prefix` and a number; nobody writes them out one by one. */
  numberKeys(prefix: string, first: number, count: number): void {
    this.#numbered = new NumberedTexts(prefix, first, count);
  }

  /** The place of each row in the order of execution; without it, as they were added. */
  setOrder(order: ArrayLike<number>): void {
    this.#order = order;
  }

  /** The rows that somebody holds futures of; without it, all. */
  setWanted(rows: readonly number[]): void {
    this.#wanted = rows;
  }

  /**
   * The message. The batch must not be added to afterwards.
   *
   * @param introduce - Called once for each function used: adds what the scheduler has yet to hear of.
   */
  toMessage(introduce: (fn: KnownFunction, into: Introduction) => void): UpdateGraph {
    const introduced: Introduction = { functions: [], units: [] };
    for (const fn of this.#functions.values()) introduce(fn, introduced);
    const keys: TextColumn = this.#numbered ?? textColumn(this.#keys);
    return {
      op: 'update-graph',
      graphId: this.graphId,
      functions: introduced.functions,
      firstId: this.firstId,
      keys,
      functionIds: this.#functionIds,
      args: { block: this.args.copy(), ends: this.#argEnds, buffers: this.#buffers },
      dependencies: this.#dependencyIds.length === 0 ? null : { ends: this.#dependencyEnds, ids: this.#dependencyIds },
      order: this.#order,
      wanted: this.#wanted,
      options: this.options,
      units: introduced.units,
      parent: this.parentId,
    };
  }

  #closeRow(functionId: number): void {
    this.#functionIds.push(functionId);
    this.#argEnds.push(this.args.length);
  }
}
