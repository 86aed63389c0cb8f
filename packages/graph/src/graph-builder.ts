import type { KeyLike } from './key.js';
import { callSpec, dataSpec, type ArgsWithRefs, type Resolved, type RunSpec } from './run-spec.js';
import { TaskGraph } from './task-graph.js';
import type { TaskOptions } from './task-options.js';
import { refTo, type TaskRef } from './task-ref.js';

/**
 * Builds a {@link TaskGraph} task by task. Each step gives the reference that later steps take as an argument.
 *
 * @example
 * ```ts
 * const builder = new GraphBuilder();
 * const one = builder.data('one', 1);
 * const two = builder.call('two', (x: number) => x + 1, [one]);
 * const graph = builder.build();
 * ```
 */
export class GraphBuilder {
  readonly #specs: RunSpec[] = [];

  /** Adds a task that calls `fn`. */
  call<Args extends readonly unknown[], Result>(
    key: KeyLike,
    fn: (...args: Args) => Result,
    args: ArgsWithRefs<Args>,
    options?: TaskOptions,
  ): TaskRef<Awaited<Result>> {
    return this.#refTo(callSpec(key, fn, args, options));
  }

  /** Adds a task whose result is `value`, with references in it replaced. */
  data<T>(key: KeyLike, value: T): TaskRef<Resolved<T>> {
    return this.#refTo(dataSpec(key, value));
  }

  /** Adds a second name for the task `of`. */
  alias<T>(key: KeyLike, of: TaskRef<T>): TaskRef<T> {
    return this.#refTo(dataSpec(key, of));
  }

  /** Adds tasks that were made elsewhere. */
  addAll(specs: Iterable<RunSpec>): this {
    for (const spec of specs) this.#specs.push(spec);
    return this;
  }

  /**
   * Gives the graph; the builder may be used further.
   *
   * @throws {@link GraphError} `GRID_GRAPH_KEY_CONFLICT` if two different tasks have one key.
   */
  build(): TaskGraph {
    return TaskGraph.of(this.#specs);
  }

  #refTo<T>(spec: RunSpec): TaskRef<T> {
    this.#specs.push(spec);
    return refTo<T>(spec.key);
  }
}
