import { holdsInputs } from '../placement/input-memory.js';
import { inboundKibOf } from '../placement/occupancy.js';
import { hasFree } from '../placement/resources.js';
import { allowedWorkers } from '../placement/restrictions.js';
import type { TaskRecord, WorkerRecord } from '../records.js';
import { membersOf } from '../relation.js';
import type { SchedulerState } from '../scheduler-state.js';
import type { WorkerLoad } from './worker-loads.js';

/**
 * The workers that could do with more.
 *
 * Who has none of a task's inputs has to fetch them all, so of those workers only the least busy one can be the best:
 * for most tasks it is weighed against the few that hold an input, however large the cluster is.
 */
export class Thieves {
  readonly #state: SchedulerState;
  readonly #loads: Map<WorkerRecord, WorkerLoad>;
  #leastBusy: WorkerLoad | null = null;

  constructor(state: SchedulerState, loads: Iterable<WorkerLoad>) {
    this.#state = state;
    this.#loads = new Map(Array.from(loads, (load) => [load.worker, load]));
  }

  get count(): number {
    return this.#loads.size;
  }

  /** One of them was given a task. */
  noteGiven(): void {
    this.#leastBusy = null;
  }

  /** One of them has enough now. */
  remove(load: WorkerLoad): void {
    this.#loads.delete(load.worker);
    this.#leastBusy = null;
  }

  /** The one that would start `task` first; `null` if none may run it. */
  bestFor(task: TaskRecord): WorkerLoad | null {
    const allowed = allowedWorkers(this.#state, task);
    const resources = task.graph?.options.resources ?? [];
    const canTake = ({ worker }: WorkerLoad): boolean =>
      worker !== task.processingOn &&
      (allowed === null || allowed.includes(worker)) &&
      hasFree(worker, resources) &&
      holdsInputs(worker, task);
    const leastBusy = this.#findLeastBusy();
    if (leastBusy === null || !canTake(leastBusy)) return this.#first(task, [...this.#loads.values()].filter(canTake));
    return this.#first(task, [leastBusy, ...this.#holders(task).filter(canTake)]);
  }

  #first(task: TaskRecord, loads: readonly WorkerLoad[]): WorkerLoad | null {
    let best: WorkerLoad | null = null;
    let bestMs = Infinity;
    for (const load of loads) {
      const startMs = load.occupancyMs / load.worker.threads + transferMs(this.#state, task, load);
      if (startMs < bestMs) [best, bestMs] = [load, startMs];
    }
    return best;
  }

  #findLeastBusy(): WorkerLoad | null {
    if (this.#leastBusy !== null) return this.#leastBusy;
    let leastMs = Infinity;
    for (const load of this.#loads.values()) {
      const ms = load.occupancyMs / load.worker.threads;
      if (ms < leastMs) [this.#leastBusy, leastMs] = [load, ms];
    }
    return this.#leastBusy;
  }

  /** Those that have an input of `task`. */
  #holders({ dependencies }: TaskRecord): WorkerLoad[] {
    const holders = new Set<WorkerLoad>();
    for (const dependency of membersOf(dependencies)) {
      for (const worker of membersOf(dependency.whoHas)) {
        const load = this.#loads.get(worker);
        if (load !== undefined) holders.add(load);
      }
    }
    return [...holders];
  }
}

/** Milliseconds to fetch the inputs of `task` that the worker does not have. */
export function transferMs(state: SchedulerState, task: TaskRecord, { worker }: WorkerLoad): number {
  return ((inboundKibOf(task, worker) * 1024) / state.bandwidth) * 1000;
}
