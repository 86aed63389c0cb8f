import type { Key } from '@grid/common';
import { GraphError } from './errors.js';

/**
 * Who needs whom, in integers: task `i` needs the tasks `dependencyIds[dependencyEnds[i - 1] … dependencyEnds[i] - 1]`,
 * where the range of task 0 starts at 0. No task is listed twice for another.
 */
export interface DependencyColumns {
  /** One entry a task: where its dependencies end. Never decreasing. */
  readonly dependencyEnds: Uint32Array;
  readonly dependencyIds: Uint32Array;
}

/** The same turned round: who is needed by whom. Dependents of a task are in ascending order. */
export interface DependentColumns {
  readonly dependentEnds: Uint32Array;
  readonly dependentIds: Uint32Array;
}

/** Turns "needs" into "is needed by". */
export function dependentsOf({ dependencyEnds, dependencyIds }: DependencyColumns): DependentColumns {
  const count = dependencyEnds.length;
  const dependentEnds = new Uint32Array(count);
  for (const id of dependencyIds) dependentEnds[id] = at(dependentEnds, id) + 1;
  const cursor = new Uint32Array(count);
  let end = 0;
  for (let id = 0; id < count; id += 1) {
    cursor[id] = end;
    end += at(dependentEnds, id);
    dependentEnds[id] = end;
  }
  const dependentIds = new Uint32Array(end);
  for (let id = 0, edge = 0; id < count; id += 1) {
    for (; edge < at(dependencyEnds, id); edge += 1) {
      const dependency = at(dependencyIds, edge);
      const place = at(cursor, dependency);
      dependentIds[place] = id;
      cursor[dependency] = place + 1;
    }
  }
  return { dependentEnds, dependentIds };
}

/** Where the range of `id` starts in columns that are delimited by `ends`. */
export function startOf(ends: Uint32Array, id: number): number {
  return id === 0 ? 0 : at(ends, id - 1);
}

/** An element that is known to exist. Inlined by the engine; the alternative is an assertion at each of a hundred places. */
export function at(column: Uint32Array, index: number): number {
  return column[index] as number;
}

/**
 * Checks that columns from outside describe a graph: ends that do not decrease and fit, ids that exist.
 *
 * @throws {@link GraphError} `GRID_GRAPH_MISSING_KEY`.
 */
export function checkColumns({ dependencyEnds, dependencyIds }: DependencyColumns): void {
  const count = dependencyEnds.length;
  let previous = 0;
  for (let id = 0; id < count; id += 1) {
    const end = at(dependencyEnds, id);
    if (end < previous || end > dependencyIds.length) {
      throw new GraphError(
        'GRID_GRAPH_MISSING_KEY',
        `the dependencies of task ${String(id)} are outside of the graph`,
        {
          details: { id },
        },
      );
    }
    for (let edge = previous; edge < end; edge += 1) {
      const dependency = at(dependencyIds, edge);
      if (dependency < count) continue;
      throw new GraphError(
        'GRID_GRAPH_MISSING_KEY',
        `task ${String(id)} needs ${String(dependency)}, which is not in the graph`,
        {
          details: { id, dependency },
        },
      );
    }
    previous = end;
  }
}

/** A graph in columns, with the key of each task id. */
export interface KeyedColumns extends DependencyColumns {
  readonly keys: readonly Key[];
}

/** What a graph must tell about itself to be turned into columns. It does not change after that. */
export interface DependencySource {
  readonly size: number;
  keys(): Iterable<Key>;
  dependencies(key: Key): readonly Key[];
}

/** Graphs never change, and checking, ordering and sending one each ask for its columns. */
const columnsOfGraphs = new WeakMap<DependencySource, KeyedColumns>();

/**
 * Numbers the tasks of a graph in its own order. Dependencies that the graph does not have are left out: whether that
 * is an error is for `validateGraph` to say.
 */
export function columnsOf(graph: DependencySource): KeyedColumns {
  let columns = columnsOfGraphs.get(graph);
  if (columns === undefined) {
    columns = makeColumns(graph);
    columnsOfGraphs.set(graph, columns);
  }
  return columns;
}

function makeColumns(graph: DependencySource): KeyedColumns {
  const keys = [...graph.keys()];
  const ids = new Map<Key, number>();
  for (let id = 0; id < keys.length; id += 1) ids.set(keys[id] as Key, id);
  const dependencyEnds = new Uint32Array(keys.length);
  const edges: number[] = [];
  for (let id = 0; id < keys.length; id += 1) {
    for (const dependency of graph.dependencies(keys[id] as Key)) {
      const dependencyId = ids.get(dependency);
      if (dependencyId !== undefined) edges.push(dependencyId);
    }
    dependencyEnds[id] = edges.length;
  }
  return { keys, dependencyEnds, dependencyIds: Uint32Array.from(edges) };
}
