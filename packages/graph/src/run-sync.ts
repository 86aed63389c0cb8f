import { invariant, type Key } from '@grid/common';
import { cull } from './cull.js';
import type { ComputeOptions, GraphRunner } from './graph-runner.js';
import { inOrder } from './order.js';
import { dataSpec, type CallSpec, type RunSpec } from './run-spec.js';
import { substituteArgs, substituteRefs } from './substitute-refs.js';
import { TaskGraph } from './task-graph.js';
import { validateGraph } from './validate-graph.js';

/** How a task ended: with a value, or with what was thrown by the task `blamed`, which is itself or one that it needs. */
export type TaskOutcome =
  | { readonly status: 'finished'; readonly value: unknown }
  | { readonly status: 'erred'; readonly error: unknown; readonly blamed: Key };

/** Told what a run does, in the order in which it happens. */
export interface RunObserver {
  /** An attempt to run a task begins. */
  started?(key: Key): void;
  /** A task has ended, after all its attempts or because one that it needs had failed. */
  ended?(key: Key, outcome: TaskOutcome): void;
  /** A result was dropped, since nothing needs it any more. */
  released?(key: Key): void;
}

/** How {@link runSync} runs. */
export interface RunSyncOptions extends ComputeOptions {
  readonly observer?: RunObserver;
}

/**
 * Runs a graph here and now, one task at a time in the order of `order`: the plainest meaning of a graph, by which all
 * other runners are judged.
 *
 * Async tasks are awaited. A task that throws is tried again as often as its `retries` say; then it and all that need
 * it have erred, and the others run on. Results are dropped as soon as no task and no caller needs them. Priorities,
 * places and timeouts mean nothing here.
 *
 * @returns An outcome for each of `keys`.
 * @throws {@link GraphError} `GRID_GRAPH_MISSING_KEY` or `GRID_GRAPH_CYCLE` before anything runs; the reason of
 * `options.signal` when it fires.
 */
export async function runSync(
  graph: TaskGraph,
  keys: readonly Key[],
  options: RunSyncOptions = {},
): Promise<Map<Key, TaskOutcome>> {
  validateGraph(graph, { wanted: keys });
  const needed = cull(graph, keys);
  const run = new Run(needed, new Set(keys), options);
  for (const spec of inOrder(needed)) {
    options.signal?.throwIfAborted();
    await run.runTask(spec);
  }
  return new Map(keys.map((key) => [key, run.outcomeOf(key)]));
}

/** A {@link GraphRunner} on top of {@link runSync}: for tests, for debugging, and for small work. */
export const syncRunner: GraphRunner = {
  async compute(graph, keys, options = {}) {
    const outcomes = await runSync(graph, keys, options);
    return keys.map((key) => {
      const outcome = outcomes.get(key);
      invariant(outcome !== undefined, `runSync gave no outcome for '${key}'`);
      if (outcome.status === 'erred') throw outcome.error;
      return outcome.value;
    });
  },
  async persist(graph, keys, options = {}) {
    const unique = [...new Set(keys)];
    const values = await syncRunner.compute(graph, unique, options);
    return TaskGraph.of(unique.map((key, index) => dataSpec(key, values[index])));
  },
};

/** The results of one run while it goes on. */
class Run {
  readonly #graph: TaskGraph;
  readonly #options: RunSyncOptions;
  readonly #outcomes = new Map<Key, TaskOutcome>();
  /** How many tasks, and callers, still need each result. */
  readonly #usersLeft = new Map<Key, number>();

  constructor(graph: TaskGraph, wanted: ReadonlySet<Key>, options: RunSyncOptions) {
    this.#graph = graph;
    this.#options = options;
    for (const key of graph.keys()) {
      for (const dependency of graph.dependencies(key)) this.#addUser(dependency);
    }
    for (const key of wanted) this.#addUser(key);
  }

  async runTask(spec: RunSpec): Promise<void> {
    const dependencies = this.#graph.dependencies(spec.key);
    const outcome = this.#firstError(dependencies) ?? (await this.#attempt(spec));
    this.#outcomes.set(spec.key, outcome);
    this.#options.observer?.ended?.(spec.key, outcome);
    for (const dependency of dependencies) this.#dropUser(dependency);
  }

  outcomeOf(key: Key): TaskOutcome {
    const outcome = this.#outcomes.get(key);
    invariant(outcome !== undefined, `the result of '${key}' was needed before it was there or after it was dropped`);
    return outcome;
  }

  #addUser(key: Key): void {
    this.#usersLeft.set(key, (this.#usersLeft.get(key) ?? 0) + 1);
  }

  #dropUser(key: Key): void {
    const left = (this.#usersLeft.get(key) ?? 0) - 1;
    this.#usersLeft.set(key, left);
    if (left > 0) return;
    this.#outcomes.delete(key);
    this.#options.observer?.released?.(key);
  }

  /** The error of the first dependency that has one, in the order of the arguments. */
  #firstError(dependencies: readonly Key[]): TaskOutcome | undefined {
    return dependencies.map((key) => this.outcomeOf(key)).find((outcome) => outcome.status === 'erred');
  }

  async #attempt(spec: RunSpec): Promise<TaskOutcome> {
    if (spec.kind === 'data')
      return { status: 'finished', value: substituteRefs(spec.value, (ref) => this.#valueOf(ref.key)) };
    const args = substituteArgs(spec.args, (ref) => this.#valueOf(ref.key));
    const attempts = 1 + (spec.options.retries ?? this.#options.retries ?? 0);
    for (let attempt = 1; ; attempt += 1) {
      this.#options.observer?.started?.(spec.key);
      try {
        return { status: 'finished', value: await call(spec, args) };
      } catch (error) {
        if (attempt >= attempts) return { status: 'erred', error, blamed: spec.key };
      }
    }
  }

  #valueOf(key: Key): unknown {
    const outcome = this.outcomeOf(key);
    invariant(outcome.status === 'finished', `'${key}' has erred, and what needs it must not run`);
    return outcome.value;
  }
}

async function call(spec: CallSpec, args: readonly unknown[]): Promise<unknown> {
  // Whoever made the spec has checked that the arguments fit the function.
  return await (spec.fn as (...args: readonly unknown[]) => unknown)(...args);
}
