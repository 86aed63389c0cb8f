import type { SchedulerState } from '@grid/scheduler-core/simulation';
import { stateOf, type LocalTask, type WorkerState } from '@grid/worker-core/simulation';

import type { SimCluster } from '../cluster/sim-cluster.js';
import { broken } from '../errors.js';

/** How often it is looked, and how long a slot may be free while something waits: in milliseconds of the world. */
const LOOK_MS = 50;
const IDLE_MAX_MS = 3000;
/** What a worker says arrives within so many milliseconds. */
const TELLING_MAX_MS = 400;

/** L2: as long as nothing goes wrong no slot is free for long while tasks are queued on the scheduler. */
export class IdleWatch {
  readonly #cluster: SimCluster;
  /** Since when a worker has had a free slot while something waited. */
  readonly #since = new Map<WorkerState, number>();
  /** Since when a task has had no slot of which the scheduler believes that it has. */
  readonly #leftAt = new WeakMap<LocalTask, number>();
  #lookedAt = 0;

  constructor(cluster: SimCluster) {
    this.#cluster = cluster;
  }

  #lookAtSlots(worker: WorkerState, now: number): void {
    const { state } = this.#cluster.scheduler.server;
    for (const task of worker.longRunningCount > 0 ? worker.tasks.values() : []) {
      if (!isCountedWrongly(state, worker, task)) continue;
      const since = this.#leftAt.get(task);
      if (since === undefined) this.#leftAt.set(task, now);
      else if (now - since > TELLING_MAX_MS)
        throw broken(
          'L2',
          `${task.key} left its slot ${String(TELLING_MAX_MS)} ms ago, and the scheduler counts it there`,
        );
    }
  }

  /**
   * Looks, if it is time to.
   *
   * @throws `GRID_TESTING_BROKEN_PROMISE` L2
   */
  look(now: number): void {
    if (now - this.#lookedAt < LOOK_MS) return;
    this.#lookedAt = now;
    const { server } = this.#cluster.scheduler;
    const isWaiting = server.state.queue.size > 0;
    for (const { plan, state } of this.#cluster.livingWorkers) {
      if (state === null) continue;
      this.#lookAtSlots(state, now);
      if (!isWaiting || !hasFreeSlot(state)) this.#since.delete(state);
      else if (now - (this.#since.get(state) ?? now) > IDLE_MAX_MS)
        throw broken('L2', `${plan.name} has had a free slot for ${String(IDLE_MAX_MS)} ms, and tasks are queued`);
      else if (!this.#since.has(state)) this.#since.set(state, now);
    }
  }
}

/** Whether the scheduler takes a task for one that has a slot, and it has left that. */
function isCountedWrongly(scheduler: SchedulerState, worker: WorkerState, task: LocalTask): boolean {
  if (stateOf(task) !== 'long-running') return false;
  const record = scheduler.tasks.get(task.taskId);
  return record?.processingOn?.id === worker.selfId && record.runId === task.runId && !record.isLongRunning;
}

function hasFreeSlot({ isPaused, activeCount, overdueCount, ready, resources, options, tasks }: WorkerState): boolean {
  if (isPaused || ready.size + resources.size > 0) return false;
  // What it waits for may be under way to it.
  if (tasks.size > activeCount)
    for (const { isComputeWanted, isExecuting } of tasks.values()) if (isComputeWanted && !isExecuting) return false;
  return activeCount < options.threads - overdueCount;
}
