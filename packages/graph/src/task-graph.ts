import type { Key } from '@grid/common';
import { GraphError } from './errors.js';
import { dependenciesOf, type RunSpec } from './run-spec.js';
import { sameSpec } from './same-spec.js';

/**
 * Tasks by key, in the order in which they were added. Does not change once it is made.
 *
 * A graph may refer to keys that it does not have: a client adds to what a cluster already holds.
 * `validateGraph` says whether it can run as it stands.
 */
export class TaskGraph implements Iterable<RunSpec> {
  readonly #specs: ReadonlyMap<Key, RunSpec>;
  // Filled when asked for: most graphs are merged several times before anybody looks at their edges.
  readonly #dependencies = new Map<Key, readonly Key[]>();

  private constructor(specs: ReadonlyMap<Key, RunSpec>) {
    this.#specs = specs;
  }

  /**
   * Makes a graph of `specs`. The same task may come several times.
   *
   * @throws {@link GraphError} `GRID_GRAPH_KEY_CONFLICT` if two different tasks have one key.
   */
  static of(specs: Iterable<RunSpec>): TaskGraph {
    const byKey = new Map<Key, RunSpec>();
    for (const spec of specs) addSpec(byKey, spec);
    return new TaskGraph(byKey);
  }

  /**
   * All tasks of all `graphs`.
   *
   * @throws {@link GraphError} `GRID_GRAPH_KEY_CONFLICT` if two different tasks have one key.
   */
  static merge(graphs: Iterable<TaskGraph>): TaskGraph {
    const byKey = new Map<Key, RunSpec>();
    for (const graph of graphs) for (const spec of graph) addSpec(byKey, spec);
    return new TaskGraph(byKey);
  }

  /** The number of tasks. */
  get size(): number {
    return this.#specs.size;
  }

  /** Whether there is a task with this key. */
  has(key: Key): boolean {
    return this.#specs.has(key);
  }

  /** The task with this key. */
  get(key: Key): RunSpec | undefined {
    return this.#specs.get(key);
  }

  /** The keys, in the order of the tasks. */
  keys(): IterableIterator<Key> {
    return this.#specs.keys();
  }

  /** The tasks, in the order in which they were added. */
  [Symbol.iterator](): IterableIterator<RunSpec> {
    return this.#specs.values();
  }

  /** What the task `key` needs, each once, in the order of its arguments. Empty for a key that the graph does not have. */
  dependencies(key: Key): readonly Key[] {
    const known = this.#dependencies.get(key);
    if (known !== undefined) return known;
    const spec = this.#specs.get(key);
    if (spec === undefined) return [];
    const found = dependenciesOf(spec);
    this.#dependencies.set(key, found);
    return found;
  }

  /** Who needs whom, turned round: for each key of the graph those tasks that need it. Made anew at each call. */
  dependents(): Map<Key, Key[]> {
    const dependents = new Map<Key, Key[]>();
    for (const key of this.keys()) dependents.set(key, []);
    for (const key of this.keys()) {
      for (const dependency of this.dependencies(key)) dependents.get(dependency)?.push(key);
    }
    return dependents;
  }
}

function addSpec(byKey: Map<Key, RunSpec>, spec: RunSpec): void {
  const known = byKey.get(spec.key);
  if (known === undefined) {
    byKey.set(spec.key, spec);
    return;
  }
  if (known !== spec && !sameSpec(known, spec)) {
    throw new GraphError(
      'GRID_GRAPH_KEY_CONFLICT',
      `two different tasks have the key '${spec.key}'; give one another key`,
      {
        details: { key: spec.key },
      },
    );
  }
}
