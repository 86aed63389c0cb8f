import { holdsInputs } from '../placement/input-memory.js';
import { LoadHeap } from '../placement/load-heap.js';
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
  readonly #byLoad = new LoadHeap(threadMs);

  constructor(state: SchedulerState, loads: Iterable<WorkerLoad>) {
    this.#state = state;
    this.#loads = new Map(Array.from(loads, (load) => [load.worker, load]));
    this.#byLoad.fill(this.#loads.values());
  }

  get count(): number {
    return this.#loads.size;
  }

  /** One of them has enough now. */
  remove(load: WorkerLoad): void {
    this.#loads.delete(load.worker);
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
    const leastBusy = this.#leastBusy();
    if (leastBusy === null || !canTake(leastBusy)) return this.#first(task, [...this.#loads.values()].filter(canTake));
    return this.#first(task, [leastBusy, ...this.#holders(task).filter(canTake)]);
  }

  #first(task: TaskRecord, loads: readonly WorkerLoad[]): WorkerLoad | null {
    let best: WorkerLoad | null = null;
    let bestMs = Infinity;
    for (const load of loads) {
      const startMs = threadMs(load) + transferMs(this.#state, task, load);
      if (startMs < bestMs) [best, bestMs] = [load, startMs];
    }
    return best;
  }

  #leastBusy(): WorkerLoad | null {
    for (;;) {
      const load = this.#byLoad.first();
      if (load === undefined) return null;
      if (this.#loads.has(load.worker)) return load;
      this.#byLoad.removeFirst();
    }
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

/** Milliseconds of work for each thread. */
function threadMs({ worker, occupancyMs }: WorkerLoad): number {
  return occupancyMs / worker.threads;
}

/** Milliseconds to fetch the inputs of `task` that the worker does not have. */
export function transferMs(state: SchedulerState, task: TaskRecord, { worker }: WorkerLoad): number {
  return ((inboundKibOf(task, worker) * 1024) / state.bandwidth) * 1000;
}
