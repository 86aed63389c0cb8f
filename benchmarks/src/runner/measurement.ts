import type { Peer, Workload } from '../workload.js';

/** What one side did. */
export interface Side {
  /** `Grid`, or the peer's label. */
  readonly label: string;
  readonly samples: readonly number[];
  /** Why there are no samples. */
  readonly failure?: string;
}

/** A workload that has been run. */
export interface Measurement {
  readonly workload: Workload;
  readonly grid: Side;
  readonly peers: readonly { readonly peer: Peer; readonly side: Side }[];
}
