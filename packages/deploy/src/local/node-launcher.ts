import type { Transport } from '@grid/comm';

/** A running scheduler or worker of a local cluster. */
export interface ClusterNode {
  readonly name: string;
  readonly address: string;
  /** Where it answers over HTTP; `null` if it does not. */
  readonly http: string | null;
  /** The operating system's number of its process; `null` if it runs in this one. */
  readonly pid: number | null;
  /** Settles, with how it ended, when it is gone for whatever reason. */
  readonly exited: Promise<string>;
  /** The last lines it logged. */
  readonly log: readonly string[];
  /** Lets it leave in order. */
  stop(): Promise<void>;
}

/** A way to run the parts of a cluster. */
export interface NodeLauncher {
  /** Transports that clients of this cluster need; `null` for the usual ones. */
  readonly transports: readonly Transport[] | null;
  startScheduler(): Promise<ClusterNode>;
  /** Starts a worker while `scheduler` may still be starting. */
  startWorker(name: string, scheduler: Promise<ClusterNode>): Promise<ClusterNode>;
}
