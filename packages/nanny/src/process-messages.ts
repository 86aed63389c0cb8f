/* What a nanny and its worker's process say to each other, over the channel that Node gives to child processes. */

/** What to be. The first message to a process, and the only one of its kind. */
export interface LaunchMessage {
  readonly kind: 'launch';
  /** Cloneable as JSON. What is in it is between whoever made the nanny and the process. */
  readonly launch: unknown;
  /** What the worker is to name its nanny when it registers; `null`: it has none that the scheduler knows. */
  readonly nannyId: string | null;
  /** Variables to add to the environment. Those that Node or the system read at the start come with the next process. */
  readonly env: Readonly<Record<string, string>>;
}

/** Leave in order. */
export interface CloseMessage {
  readonly kind: 'close';
  readonly reason: string;
}

export type ToProcess = LaunchMessage | CloseMessage;

/** What a worker says of itself once it has joined the cluster. */
export interface WorkerFacts {
  readonly address: string;
  /** Where it answers over HTTP; `null` if it does not. */
  readonly http: string | null;
  /** Tells this life of the worker from any other. */
  readonly id: string;
}

/** The worker has joined the cluster. */
export interface ReadyMessage extends WorkerFacts {
  readonly kind: 'ready';
}

/** The worker is about to end by itself, in order. */
export interface LeavingMessage {
  readonly kind: 'leaving';
  readonly wantsRestart: boolean;
}

export type FromProcess = ReadyMessage | LeavingMessage;
