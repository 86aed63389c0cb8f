/** What caused a step of a task, and when: milliseconds since the epoch. */
export interface TransitionCause {
  readonly stimulusId: string;
  readonly at: number;
}

/** Facts of an event, as `client.topic('all').events()` gives them. */
export type EventFacts = Readonly<Record<string, unknown>>;

/** Tasks that a client has submitted. */
export interface SubmittedGraph {
  /** The id of the client. */
  readonly client: string;
  readonly count: number;
  readonly keys: readonly string[];
  /** What their submitter has noted about them, with the option `custom`. */
  readonly custom: Readonly<Record<string, unknown>>;
}

type Log = (text: string, level?: 'debug' | 'info' | 'warn' | 'error') => void;

/** The scheduler, as its plugins know it. */
export interface PluginScheduler {
  readonly id: string;
  readonly address: string;
  /** Writes to the scheduler's log. */
  readonly log: Log;
  /** Tells an event at a topic, where clients and tasks can read it and listen to it. */
  readonly logEvent: (topic: string, facts: EventFacts) => void;
}

/**
 * Hears what happens on the scheduler. It lives in a thread of the scheduler's process, and hears of things a moment after
 * they have happened: it can look on, count and tell, and keeps nobody waiting.
 *
 * @source dask.distributed `SchedulerPlugin`.
 */
export interface SchedulerPlugin {
  readonly kind: 'scheduler';
  /** Default: the name of its class. */
  readonly name?: string;
  start?(scheduler: PluginScheduler): unknown;
  /** It is unregistered, or the scheduler closes. */
  close?(scheduler: PluginScheduler): unknown;
  transition?(key: string, from: string, to: string, cause: TransitionCause): unknown;
  addWorker?(address: string, facts: EventFacts): unknown;
  removeWorker?(address: string, facts: EventFacts): unknown;
  addClient?(id: string, facts: EventFacts): unknown;
  removeClient?(id: string, facts: EventFacts): unknown;
  updateGraph?(graph: SubmittedGraph): unknown;
  /** All work was given up, and all workers are started anew. */
  restart?(): unknown;
  /** Something was told at a topic, by the cluster, a client or a task. `at`: milliseconds since the epoch. */
  logEvent?(topic: string, event: unknown, at: number): unknown;
  /** So much was not told, since this plugin or another one was too slow. */
  missed?(count: number): unknown;
}

/** A worker, as its plugins know it. */
export interface PluginWorker {
  readonly address: string;
  readonly name: string;
  readonly schedulerAddress: string;
  /** Writes to the worker's log. */
  readonly log: Log;
}

/**
 * Goes along with every worker, also with those that come later.
 *
 * @source dask.distributed `WorkerPlugin`.
 */
export interface WorkerPlugin {
  readonly kind: 'worker';
  /** Default: the name of its class. */
  readonly name?: string;
  /**
   * `thread`: each thread that runs tasks has a plugin of its own, set up before its first task, and tasks reach it by
   * `getWorker().plugins`. `worker`: there is one for the worker, in a thread beside. Default: `thread`.
   */
  readonly per?: 'thread' | 'worker';
  setup?(worker: PluginWorker): unknown;
  /** It is unregistered, or the worker leaves in order. */
  teardown?(worker: PluginWorker): unknown;
  /** A task of the worker has taken a step. Only where there is one plugin `per: 'worker'`. */
  transition?(key: string, from: string, to: string, cause: TransitionCause): unknown;
  /** So much was not told, since this plugin or another one was too slow. */
  missed?(count: number): unknown;
}

/** A nanny, as its plugins know it. */
export interface PluginNanny {
  /** The worker's name. */
  readonly name: string;
  /** The number of the nanny's process. */
  readonly pid: number;
  /** Variables for the environment of the next worker, besides those that it has anyway. To be changed at will. */
  readonly env: Record<string, string>;
  /** Writes to the nanny's log. */
  readonly log: Log;
}

/**
 * Goes along with every nanny, also with those that come later: for what has to be done before a worker starts.
 *
 * @source dask.distributed `NannyPlugin`.
 */
export interface NannyPlugin {
  readonly kind: 'nanny';
  /** Default: the name of its class. */
  readonly name?: string;
  /** Whether the worker is started anew once the plugin is set up. Default: `false`. */
  readonly restart?: boolean;
  setup?(nanny: PluginNanny): unknown;
  teardown?(nanny: PluginNanny): unknown;
}

/** A client, as its plugins know it. It is the `Client` itself: a hook may say so, `setup(client: Client)`. */
export interface PluginClient {
  readonly id: string;
  readonly schedulerAddress: string;
  readonly status: 'running' | 'reconnecting' | 'lost' | 'closed';
}

/** Goes along with one client, in this process. */
export interface ClientPlugin {
  readonly kind: 'client';
  /** Default: the name of its class. */
  readonly name?: string;
  setup?(client: PluginClient): unknown;
  /** `why`: it was unregistered, or the client is about to close. */
  teardown?(client: PluginClient, why: 'unregistered' | 'closed'): unknown;
}

/** Something that goes along with the cluster. */
export type Plugin = SchedulerPlugin | WorkerPlugin | NannyPlugin | ClientPlugin;

/** Whose plugin it is. */
export type PluginKind = Plugin['kind'];

/** A class of plugins that travels as such: the plugin is made where it is to be. Its static members say what it is. */
export interface PluginClass {
  new (): object;
  readonly kind: PluginKind;
  readonly per?: 'thread' | 'worker';
  readonly restart?: boolean;
}
