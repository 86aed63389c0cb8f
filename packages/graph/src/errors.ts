import { GridError } from '@grid/common';

/** What can be wrong with a key or a graph. All of these are found before anything runs. */
export type GraphErrorCode =
  /** A key is empty, or a tuple key holds something other than strings, finite numbers and tuples of them. */
  | 'GRID_GRAPH_BAD_KEY'
  /** Two different tasks have the same key. */
  | 'GRID_GRAPH_KEY_CONFLICT'
  /** A task needs, or a caller wants, a key that the graph does not have. */
  | 'GRID_GRAPH_MISSING_KEY'
  /** Tasks need each other in a circle; `details.path` lists the keys, the first one again at the end. */
  | 'GRID_GRAPH_CYCLE';

/** An error of `@grid/graph`. */
export class GraphError extends GridError<GraphErrorCode> {}
