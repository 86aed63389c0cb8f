/** Why a submission was turned away, and which of the client's numbers died with it. */
export interface GraphRefusal {
  readonly graphId: number;
  /** The first client number of the submission. */
  readonly firstId: number;
  /** How many numbers it has. */
  readonly rows: number;
  readonly code:
    | 'GRID_SCHEDULER_BAD_GRAPH'
    | 'GRID_SCHEDULER_CYCLIC_GRAPH'
    | 'GRID_SCHEDULER_DUPLICATE_KEY'
    | 'GRID_SCHEDULER_UNKNOWN_DEPENDENCY';
  readonly message: string;
  /** The keys that it is about. */
  readonly keys: readonly string[];
}
