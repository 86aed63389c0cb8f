import type { Duration } from '@grid/common';

/** A piece of a program that tasks are submitted from, see `span` of `@grid/client`. */
export interface SpanStep {
  /** Unique. */
  readonly id: string;
  /** For people. */
  readonly name: string;
}

/** How and where one task shall run. Every field may be left out. */
export interface TaskOptions {
  /**
   * Higher runs first. It outweighs both the order of submission and the order within a graph.
   *
   * @defaultValue 0
   */
  readonly priority?: number;
  /**
   * How many times a task that throws is run again. Workers that die do not count.
   *
   * @defaultValue 0
   */
  readonly retries?: number;
  /** Addresses, names or hosts of the workers that may run it. Not given: all may. */
  readonly workers?: readonly string[];
  /**
   * Take `workers` as a preference, not as a restriction.
   *
   * @defaultValue false
   */
  readonly allowOtherWorkers?: boolean;
  /** Whose threads of the worker it shall run in, by the name that workers were started with. Not given: those of no executor. */
  readonly executor?: string;
  /** Notes of your own, plain data, which plugins of the scheduler are told with the submission. */
  readonly custom?: Readonly<Record<string, unknown>>;
  /** Abstract amounts that it occupies on its worker while it runs: `{ GPU: 1 }`. */
  readonly resources?: Readonly<Record<string, number>>;
  /**
   * Submissions closer together than this share one place in the first-in-first-out order between submissions.
   *
   * @defaultValue 100 ms
   */
  readonly fifoTimeout?: Duration;
  /** Ends a task that runs longer; it fails with a timeout. Not given: it may run for ever. */
  readonly timeout?: Duration;
  /**
   * Whether equal arguments always give equal results, so that the key may be made from them and work be shared.
   *
   * @defaultValue true
   */
  readonly pure?: boolean;
  /**
   * The spans that it belongs to, the outermost first. Set by `span` of `@grid/client`.
   *
   * @defaultValue none
   */
  readonly span?: readonly SpanStep[];
}

/** The options of a task for which none were given. */
export const NO_TASK_OPTIONS: TaskOptions = Object.freeze({});
