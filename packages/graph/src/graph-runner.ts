import type { Key } from '@grid/common';
import type { TaskGraph } from './task-graph.js';
import type { TaskOptions } from './task-options.js';

/** How a graph shall be computed. Task options here hold for those tasks that have none of their own. */
export interface ComputeOptions extends TaskOptions {
  /** Gives the computation up; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Whatever can run a graph: this process, threads, a cluster. Collections know nothing else about where they run.
 */
export interface GraphRunner {
  /**
   * Computes the tasks `keys`, and of `graph` only what they need.
   *
   * @returns The results in the order of `keys`. A key may stand there twice.
   * @throws The error of the first of `keys` that failed: exactly what the task threw, also if it was another task that
   * this one needs. A {@link GraphError} if the graph cannot run.
   */
  compute(graph: TaskGraph, keys: readonly Key[], options?: ComputeOptions): Promise<unknown[]>;

  /**
   * Computes the tasks `keys` to where they run, and keeps their results there.
   *
   * @returns A graph of `keys` alone, whose tasks are the results, or stand for them: what is built on it begins where
   * this one ends. A cluster gives it at once, and results are kept for as long as the futures in it are held.
   */
  persist(graph: TaskGraph, keys: readonly Key[], options?: ComputeOptions): Promise<TaskGraph>;
}
