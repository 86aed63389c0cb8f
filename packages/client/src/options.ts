import type { Address, Duration, Logger } from '@grid/common';
import type { Transport } from '@grid/comm';

/** Anything that knows where its scheduler is: a `LocalCluster`, or an object of your own. */
export interface ClusterLike {
  readonly schedulerAddress: string;
  /** The cluster's token, if it has one. */
  readonly token?: string | null;
  /** Ways to reach it, where tcp does not; a cluster in this process has one of its own. */
  readonly transports?: readonly Transport[] | null;
  /** Whether code that its workers send may be evaluated here; see {@link ConnectOptions.trustWorkers}. Default: `false`. */
  readonly trustWorkers?: boolean;
}

/** How to reach a cluster. */
export interface ConnectOptions {
  /**
   * The cluster's token. Default: the environment's `GRID_TOKEN`, or the content of the file that `GRID_TOKEN_FILE`
   * names. `null` connects without one, which only a scheduler that was started with `--no-auth` accepts.
   */
  readonly token?: string | null;
  /**
   * The file that `grid-scheduler --scheduler-file` writes, in place of an address; waited for if it is not there yet.
   */
  readonly schedulerFile?: string;
  /** How long to try to reach the scheduler. Default: `'30s'`. */
  readonly timeout?: Duration;
  /**
   * How long to look for another scheduler at the same address when the one there is lost, before futures are; what this
   * client holds futures of is submitted to it again. `false`: not at all. Default: `'60s'`.
   */
  readonly reconnectTimeout?: Duration | false;
  /** A name for this client, for logs and the dashboard. Default: `client`. */
  readonly name?: string;
  /** Ways to reach addresses, by scheme, in place of the built-in ones. Default: tcp. */
  readonly transports?: readonly Transport[];
  /**
   * Whether functions in results may be of code that this client did not send, such as a closure that a task made.
   * Evaluating them gives every worker the rights of this process. Instances of this program's own classes come back
   * either way. Default: what the cluster object says; `false` without one.
   */
  readonly trustWorkers?: boolean;
  /** Where the client logs, and warns. Default: nowhere; warnings are then those of the process, which Node prints. */
  readonly logger?: Logger;
  /** Ends the attempt. */
  readonly signal?: AbortSignal;
}

/** How one task, or all tasks of one call, are to be run. */
export interface SubmitOptions {
  /** The task's key. Default: made from the function's name and, if `pure`, its code and arguments. */
  readonly key?: string;
  /**
   * Whether the same function with the same arguments is the same task: then it is computed once, and its key says so.
   * Say `false` for functions that draw random numbers, read the time or have effects. Default: `true`, unless the
   * arguments have no canonical form.
   */
  readonly pure?: boolean;
  /** Workers that may run the task: addresses, names or hosts. Default: all. */
  readonly workers?: string | readonly string[];
  /** Whether `workers` is a wish rather than a condition. Default: `false`. */
  readonly allowOtherWorkers?: boolean;
  /**
   * What the task occupies of its worker while it runs, such as `{ GPU: 1 }`: it runs only on workers that were started
   * with as much, and there only when so much is free. Default: nothing.
   */
  readonly resources?: Readonly<Record<string, number>>;
  /**
   * The executor whose threads the task runs in: workers are started with executors, threads that run nothing else
   * (`--executor gpu=1`). It takes a slot of its worker as any task does. Default: none.
   */
  readonly executor?: string;
  /** Notes of your own, plain data, which plugins of the scheduler are told with the submission. Default: none. */
  readonly custom?: Readonly<Record<string, unknown>>;
  /** How often to try again a task that throws. Default: 0. */
  readonly retries?: number;
  /** Higher runs earlier. Default: 0. */
  readonly priority?: number;
  /** Submissions closer together than this are as good as one when it comes to who is first. Default: `'100 ms'`. */
  readonly fifoTimeout?: Duration;
  /** How long one run may take; then it is stopped and the task fails. Default: no limit. */
  readonly timeout?: Duration;
  /** Cancels the task. */
  readonly signal?: AbortSignal;
}

/** How an actor is to be made. It is made once for each call, so `pure` makes no sense. */
export interface ActorOptions extends Omit<SubmitOptions, 'pure'> {
  /** What is submitted makes an actor: it stays on its worker, and the result is a handle. */
  readonly actor: true;
}

/** The same, for calls that make many. */
export interface ActorMapOptions extends Omit<ActorOptions, 'key'> {
  /** What the keys begin with, or a key for each actor. */
  readonly key?: string | readonly string[];
}

/** Options of calls that make many tasks. */
export interface MapOptions extends Omit<SubmitOptions, 'key'> {
  /** What the keys begin with, or a key for each task. */
  readonly key?: string | readonly string[];
}

/** How data is put on the cluster. */
export interface ScatterOptions {
  /** Workers to put it on: addresses or names. Default: all, in turn; from a task the one that runs it. */
  readonly workers?: string | readonly string[];
  /**
   * Whether every one of the workers gets a copy, or how many copies there are to be. Workers pass them on to each other.
   * Default: `false`.
   */
  readonly broadcast?: boolean | number;
  /** Whether the key is made from the content, so that equal data is one piece of data. Default: `true`. */
  readonly hash?: boolean;
  /** Default: `'30s'`. */
  readonly timeout?: Duration;
}

/** What {@link Client.connect} accepts. */
export type ConnectTarget = Address | string | ClusterLike;
