import {
  comparePriority,
  dependentsOf,
  type LinkOutput,
  type SchedulerState,
  type Stimulus,
  type TaskRecord,
} from '@grid/scheduler-core/simulation';

import { broken } from '../errors.js';
import type { SchedulerPromise } from './scheduler-promise.js';

/**
 * L3: first come, first served: submissions have growing numbers, those that come shortly after one another the same; and what
 * becomes ready at once is given out in the order of its priority.
 */
export class SubmissionOrder implements SchedulerPromise {
  #generation = 0;
  #lastAt = -Infinity;
  /** What was given out just now, in order. */
  #given: TaskRecord[] = [];
  /** What may become ready at once by what happens. */
  #ready: ReadonlySet<TaskRecord> | null = null;
  #position = 0;

  listen(output: LinkOutput): void {
    this.#generation = 0;
    this.#lastAt = -Infinity;
    const say = output.computeTask.bind(output);
    output.computeTask = (worker, task) => {
      this.#given.push(task);
      say(worker, task);
    };
  }

  before(state: SchedulerState, stimulus: Stimulus): void {
    this.#given = [];
    this.#ready = null;
    this.#position = state.story.position;
    if (stimulus.op !== 'tasks-finished' || stimulus.taskIds.length !== 1) return;
    const finished = state.tasks.get(stimulus.taskIds[0] as number);
    if (finished !== undefined)
      this.#ready = new Set(dependentsOf(finished).filter(({ waitingCount }) => waitingCount === 1));
  }

  check(state: SchedulerState, stimulus: Stimulus): void {
    if (stimulus.op === 'update-graph') {
      const { graph, firstRow, parent } = stimulus;
      if (firstRow === 0 && parent === null) this.#checkGeneration(state.cause.at, graph);
      this.#ready = new Set(this.#given.filter((task) => task.graph === graph && task.dependencies === null));
    }
    if (this.#ready === null || this.#given.length < 2) return;
    const queued = new Set<string>();
    for (const { key, to } of state.story.since(this.#position)) if (to === 'queued') queued.add(key);
    let last: TaskRecord | null = null;
    for (const task of new Set(this.#given)) {
      if (!this.#ready.has(task) || queued.has(task.key)) continue;
      if (last !== null && comparePriority(last, task) > 0)
        throw broken('L3', `${last.key} was given out before ${task.key}, which is more urgent`);
      last = task;
    }
  }

  #checkGeneration(
    at: number,
    graph: { readonly generation: number; readonly options: { readonly fifoTimeoutMs: number } },
  ): void {
    if (at - this.#lastAt > graph.options.fifoTimeoutMs) {
      this.#generation += 1;
      this.#lastAt = at;
    }
    if (graph.generation !== this.#generation)
      throw broken('L3', `submission ${String(this.#generation)} runs as ${String(graph.generation)}`);
  }
}
