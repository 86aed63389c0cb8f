import { invariant } from '@grid/common';
import type { MessageWith } from '@grid/protocol';

import type { GraphBlock } from '../core/graph-block.js';
import { SchedulerError } from '../errors.js';
import { UnitRegistry } from './unit-registry.js';

type UpdateGraph = MessageWith<'update-graph'>;
type FunctionPart = UpdateGraph['functions'][number];
type UnitPart = UpdateGraph['units'][number];

interface Entry {
  readonly part: FunctionPart;
  /** All the code by these hashes that some client relies on: equal functions may come from files in two places. */
  readonly units: Set<string>;
  /** Clients that may submit more tasks of it without sending it again, and graphs that have tasks of it. */
  references: number;
}

/** How far above the numbers that one worker has brought new ones begin: others may bring larger ones. */
const NUMBERS_LEFT_OUT = 2 ** 16;

/** Who is told of what nobody can refer to any more. */
export interface FunctionsFreed {
  function(functionId: number): void;
  unit(hash: string): void;
}

/**
 * All functions that clients sent, each once whoever sent it: two with one hash are one.
 *
 * A function is kept for as long as a graph has tasks of it, or a client that introduced it may refer to it: until that
 * one releases it or leaves. The code that functions need is kept with them.
 */
export class FunctionRegistry {
  readonly units: UnitRegistry;
  readonly #byId = new Map<number, Entry>();
  readonly #byHash = new Map<string, Entry>();
  readonly #byGraph = new Map<GraphBlock, readonly number[]>();
  readonly #freed: FunctionsFreed;
  #firstId = 0;
  #nextId = 0;

  constructor(freed: FunctionsFreed) {
    this.#freed = freed;
    this.units = new UnitRegistry((hash) => freed.unit(hash));
  }

  get size(): number {
    return this.#byId.size;
  }

  /**
   * Has numbers begin at `end`, since those below are in use on a worker that had them from a former scheduler. `false`: some
   * of these have been given already.
   */
  leaveOut(end: number): boolean {
    if (end <= this.#firstId) return true;
    if (this.#nextId > this.#firstId) return false;
    this.#firstId = end + NUMBERS_LEFT_OUT;
    this.#nextId = this.#firstId;
    return true;
  }

  /**
   * The number of a function that a client introduces, with one reference for that client.
   *
   * @param units - What came along with it.
   */
  introduce(part: FunctionPart, units: ReadonlyMap<string, UnitPart>): number {
    const missing = part.units.find((hash) => !this.units.has(hash) && !units.has(hash));
    if (missing !== undefined) {
      throw new SchedulerError('GRID_SCHEDULER_BAD_REQUEST', `the code of function ${part.name} was not introduced`, {
        details: { function: part.name, unit: missing },
      });
    }
    let entry = this.#byHash.get(part.hash);
    if (entry === undefined) {
      entry = { part: { ...part, id: this.#nextId }, units: new Set(), references: 0 };
      this.#nextId += 1;
      this.#byId.set(entry.part.id, entry);
      this.#byHash.set(part.hash, entry);
    }
    entry.references += 1;
    for (const hash of part.units) {
      if (entry.units.has(hash)) continue;
      entry.units.add(hash);
      this.units.hold(hash, units.get(hash));
    }
    return entry.part.id;
  }

  /** Notes that a graph has tasks of these functions. */
  hold(graph: GraphBlock, functionIds: readonly number[]): void {
    this.#byGraph.set(graph, functionIds);
    for (const id of functionIds) this.#entry(id).references += 1;
  }

  /** Notes that no task of a graph is left. */
  releaseGraph(graph: GraphBlock): void {
    const held = this.#byGraph.get(graph);
    if (held === undefined) return;
    this.#byGraph.delete(graph);
    for (const id of held) this.release(id);
  }

  /** Takes one reference away. */
  release(id: number): void {
    const entry = this.#entry(id);
    entry.references -= 1;
    if (entry.references > 0) return;
    this.#byId.delete(id);
    this.#byHash.delete(entry.part.hash);
    this.#freed.function(id);
    for (const hash of entry.units) this.units.release(hash);
  }

  /** The function as workers are sent it. */
  partOf(id: number): FunctionPart {
    return this.#entry(id).part;
  }

  #entry(id: number): Entry {
    const entry = this.#byId.get(id);
    invariant(entry !== undefined, `there is no function ${String(id)}`);
    return entry;
  }
}
