/** How a task spends its time. */
export type TaskWay =
  /** It keeps its thread until it ends. */
  | 'compute'
  /** It waits for a promise and leaves its thread to others. */
  | 'wait'
  /** It keeps its thread, and leaves its slot halfway. */
  | 'secede'
  /** It ends the thread that it runs in. */
  | 'exit'
  /** It never ends by itself. */
  | 'hang';

/** One task of a workload, as it is drawn: what it does whenever it runs. */
export interface TaskSpec {
  /** Its number in the workload. */
  readonly label: number;
  readonly key: string;
  /** Labels of what it needs, in the order of its arguments. */
  readonly needs: readonly number[];
  /** Milliseconds that a run takes. */
  readonly ms: number;
  /** Bytes of its result besides the number in it. */
  readonly bytes: number;
  readonly way: TaskWay;
  /** How many of its runs throw, from the first on; `null`: all. */
  readonly throws: number | null;
  /** From this run on, counted from 0, it throws: it has had a result before, if none did. @defaultValue it does not */
  readonly throwsFrom?: number;
  /** How many of its runs ask to be run elsewhere, from the first on. */
  readonly reschedules: number;
  /** Plain data that a client scatters. */
  readonly isData: boolean;
  readonly options: TaskSpecOptions;
}

/** With what it is submitted. */
export interface TaskSpecOptions {
  readonly retries?: number;
  readonly priority?: number;
  readonly workers?: readonly string[];
  readonly allowOtherWorkers?: boolean;
  readonly resources?: Readonly<Record<string, number>>;
  /** Milliseconds. */
  readonly timeout?: number;
}

/** What every task of a workload results in. */
export type TaskValue = TaskValueParts | readonly [TaskValueParts];

/** What there is in it. */
export interface TaskValueParts {
  readonly label: number;
  /** A number that follows from the task and all that it needs. */
  readonly hash: number;
  readonly padding: Uint8Array | null;
}
