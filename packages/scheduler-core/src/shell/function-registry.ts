import { invariant } from '@grid/common';
import type { MessageWith } from '@grid/protocol';

import type { GraphBlock } from '../core/graph-block.js';

type FunctionPart = MessageWith<'update-graph'>['functions'][number];

interface Entry {
  readonly part: FunctionPart;
  /** Clients that may submit more tasks of it without sending it again, and graphs that have tasks of it. */
  references: number;
}

/**
 * All functions that clients sent, each once whoever sent it: two with one hash are one.
 *
 * A function is kept for as long as a graph has tasks of it, or a client that introduced it is connected, since that one
 * may refer to it at any time.
 */
export class FunctionRegistry {
  readonly #byId = new Map<number, Entry>();
  readonly #byHash = new Map<string, Entry>();
  readonly #byGraph = new Map<GraphBlock, readonly number[]>();
  readonly #onFreed: (functionId: number) => void;
  #nextId = 0;

  /** @param onFreed - Told of functions that nobody can refer to any more. */
  constructor(onFreed: (functionId: number) => void) {
    this.#onFreed = onFreed;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** The number of a function that a client introduces, with one reference for that client. */
  introduce(part: FunctionPart): number {
    const known = this.#byHash.get(part.hash);
    if (known !== undefined) {
      known.references += 1;
      return known.part.id;
    }
    const entry = { part: { ...part, id: this.#nextId }, references: 1 };
    this.#nextId += 1;
    this.#byId.set(entry.part.id, entry);
    this.#byHash.set(part.hash, entry);
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
    this.#onFreed(id);
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
