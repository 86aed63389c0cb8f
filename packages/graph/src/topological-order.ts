import type { Key } from '@grid/common';
import { findCycle } from './find-cycle.js';
import {
  at,
  columnsOf,
  dependentsOf,
  startOf,
  type DependencyColumns,
  type DependentColumns,
} from './graph-columns.js';
import type { TaskGraph } from './task-graph.js';
import { cycleError } from './validate-graph.js';

/**
 * The keys of a graph, each after all that it needs, and else in the graph's order. For an order that is good to run
 * in, see `order`.
 *
 * @throws {@link GraphError} `GRID_GRAPH_CYCLE`.
 */
export function topologicalOrder(graph: TaskGraph): Key[] {
  const columns = columnsOf(graph);
  const sorted = topologicalIds(columns, dependentsOf(columns));
  if (sorted.length < columns.keys.length) {
    throw cycleError((findCycle(columns) ?? []).map((id) => columns.keys[id] as Key));
  }
  return Array.from(sorted, (id) => columns.keys[id] as Key);
}

/** Ids of tasks, each after all that it needs. Shorter than the graph if some need each other in a circle. */
export function topologicalIds(
  columns: DependencyColumns,
  { dependentEnds, dependentIds }: DependentColumns,
): Uint32Array {
  const { dependencyEnds } = columns;
  const count = dependencyEnds.length;
  const missing = new Uint32Array(count);
  const sorted = new Uint32Array(count);
  let end = 0;
  for (let id = 0; id < count; id += 1) {
    missing[id] = at(dependencyEnds, id) - startOf(dependencyEnds, id);
    if (missing[id] === 0) sorted[end++] = id;
  }
  for (let next = 0; next < end; next += 1) {
    const id = at(sorted, next);
    for (let edge = startOf(dependentEnds, id); edge < at(dependentEnds, id); edge += 1) {
      const dependent = at(dependentIds, edge);
      const left = at(missing, dependent) - 1;
      missing[dependent] = left;
      if (left === 0) sorted[end++] = dependent;
    }
  }
  return sorted.subarray(0, end);
}
