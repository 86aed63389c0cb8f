/** Why tasks of a submission were turned away, and which of the client's numbers died with them. */
export interface GraphRefusal {
  readonly graphId: number;
  /** The client's numbers: all of the submission, or those of tasks that need what is not here. */
  readonly ids: readonly number[];
  readonly code:
    | 'GRID_SCHEDULER_BAD_GRAPH'
    | 'GRID_SCHEDULER_CYCLIC_GRAPH'
    | 'GRID_SCHEDULER_DUPLICATE_KEY'
    | 'GRID_SCHEDULER_UNKNOWN_DEPENDENCY';
  readonly message: string;
  /** The keys that it is about. */
  readonly keys: readonly string[];
}
