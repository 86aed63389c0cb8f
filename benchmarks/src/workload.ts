/** One side of a comparison, warm and ready: each call takes one sample, and leaves the cluster idle and empty. */
export interface Session extends AsyncDisposable {
  sample(): Promise<number>;
}

export type Unit = 'ms' | 's' | 'tasks/s' | 'calls/s' | 'MB/s' | 'B/task' | 'us/task' | 'us' | 'times';

/** What Grid has to reach. */
export type Target =
  /** Grid is this many times better than the peer. */
  | { readonly kind: 'times-better'; readonly factor: number }
  /** Grid's own figure is at most this, whatever the peer's is. */
  | { readonly kind: 'at-most'; readonly figure: number }
  /** The same for what is better when there is more of it. */
  | { readonly kind: 'at-least'; readonly figure: number };

/** The same work on Dask. */
export interface Peer {
  /** Its configuration, for the table. */
  readonly label: string;
  /** Absent: the figure is there for orientation. */
  readonly target?: Target;
  /** Fewer than Grid's, for what takes minutes. */
  readonly samples?: number;
  /** What a reader has to know to read the ratio rightly. */
  readonly note?: string;
  open(): Promise<Session>;
}

/** Something that Grid and its peers are timed at. */
export interface Workload {
  /** What `pnpm bench <pattern>` looks for. */
  readonly name: string;
  readonly unit: Unit;
  /** Whether a greater figure is a better one. */
  readonly moreIsBetter: boolean;
  /** Per side. The median of them is reported. */
  readonly samples: number;
  /** For what has no peer. */
  readonly target?: Target;
  grid(): Promise<Session>;
  readonly peers: readonly Peer[];
}
