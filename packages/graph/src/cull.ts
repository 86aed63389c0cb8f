import type { Key } from '@grid/common';
import { GraphError } from './errors.js';
import type { RunSpec } from './run-spec.js';
import { TaskGraph } from './task-graph.js';

/**
 * Only those tasks that `wanted` need, over however many others, in the order of the graph. Returns the graph itself
 * if that is all of it. Keys that tasks need but the graph does not have stay references.
 *
 * @throws {@link GraphError} `GRID_GRAPH_MISSING_KEY` if a wanted key is not in the graph.
 */
export function cull(graph: TaskGraph, wanted: Iterable<Key>): TaskGraph {
  const needed = new Set<Key>();
  const stack: Key[] = [];
  const need = (key: Key): void => {
    if (needed.has(key) || !graph.has(key)) return;
    needed.add(key);
    stack.push(key);
  };
  for (const key of wanted) {
    if (!graph.has(key)) {
      throw new GraphError('GRID_GRAPH_MISSING_KEY', `'${key}' is wanted, but there is no such task`, {
        details: { key },
      });
    }
    need(key);
  }
  for (let key = stack.pop(); key !== undefined; key = stack.pop()) graph.dependencies(key).forEach(need);
  if (needed.size === graph.size) return graph;
  const kept: RunSpec[] = [];
  for (const spec of graph) if (needed.has(spec.key)) kept.push(spec);
  return TaskGraph.of(kept);
}
