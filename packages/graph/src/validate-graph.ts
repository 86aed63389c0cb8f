import type { Key } from '@grid/common';
import { GraphError } from './errors.js';
import { findCycle } from './find-cycle.js';
import { columnsOf } from './graph-columns.js';
import type { TaskGraph } from './task-graph.js';

/** What lies outside of a graph that is validated. */
export interface ValidateOptions {
  /** Tells whether a key that the graph does not have is known elsewhere, for instance to the cluster. @defaultValue none is */
  readonly isKnown?: (key: Key) => boolean;
  /** The keys that the caller wants to have computed; each must exist. @defaultValue none */
  readonly wanted?: Iterable<Key>;
}

// A path of thousands of keys helps nobody; the whole of it is in the details.
const PRINTED_MAX = 20;

/**
 * Checks that a graph can run: everything that is needed exists, and no task needs itself, over however many others.
 *
 * @throws {@link GraphError} `GRID_GRAPH_MISSING_KEY` (`details.key`, and `details.neededBy` if a task needs it), or
 * `GRID_GRAPH_CYCLE` (`details.path`: `[a, b, c, a]`, where each one needs the next).
 */
export function validateGraph(graph: TaskGraph, { isKnown = () => false, wanted = [] }: ValidateOptions = {}): void {
  for (const key of wanted) {
    if (!graph.has(key) && !isKnown(key)) {
      throw new GraphError('GRID_GRAPH_MISSING_KEY', `'${key}' is wanted, but there is no such task`, {
        details: { key },
      });
    }
  }
  for (const neededBy of graph.keys()) {
    for (const key of graph.dependencies(neededBy)) {
      if (graph.has(key) || isKnown(key)) continue;
      throw new GraphError('GRID_GRAPH_MISSING_KEY', `task '${neededBy}' needs '${key}', but there is no such task`, {
        details: { key, neededBy },
      });
    }
  }
  const columns = columnsOf(graph);
  const cycle = findCycle(columns);
  if (cycle !== undefined) throw cycleError(cycle.map((id) => columns.keys[id] as Key));
}

/** The error about tasks that need each other in a circle; `path` ends with its first key. */
export function cycleError(path: readonly (Key | number)[]): GraphError {
  const names = path.length <= PRINTED_MAX ? path : [...path.slice(0, PRINTED_MAX - 1), '…', path.at(-1)];
  const what =
    path.length === 2
      ? `task '${String(path[0])}' needs its own result`
      : `tasks need each other in a circle: ${names.map(String).join(' → ')}`;
  return new GraphError('GRID_GRAPH_CYCLE', what, { details: { path } });
}
