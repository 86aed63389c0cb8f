import {
  comparePriority,
  type SchedulerState,
  type Stimulus,
  type TaskRecord,
  type WorkerRecord,
} from '@grid/scheduler-core/simulation';

import { broken } from '../errors.js';
import type { SchedulerPromise } from './scheduler-promise.js';

/**
 * S12: the death of a worker counts against all that it may have been running, and against nothing else: what had left its slot,
 * and for each thread one task of those that it was given first, and one of those that are most urgent.
 */
export class BlamePromise implements SchedulerPromise {
  /** What the worker was given, and how often workers had died of it before. */
  readonly #before = new Map<TaskRecord, number>();
  #suspects: ReadonlySet<TaskRecord> = new Set();
  #countBefore = 0;

  before(state: SchedulerState, stimulus: Stimulus): void {
    this.#before.clear();
    if (stimulus.op !== 'remove-worker' || !state.workersById.has(stimulus.worker.id)) return;
    const { worker, isExpected, exit } = stimulus;
    // How a process ended is known to its nanny, who knows as well whose fault it was.
    if (exit !== null) return;
    this.#countBefore = state.suspiciousCount;
    this.#suspects = isExpected ? new Set() : suspectsOf(worker);
    for (const task of worker.processing) this.#before.set(task, task.suspicious);
  }

  /** @throws `GRID_TESTING_BROKEN_PROMISE` S12 */
  check(state: SchedulerState): void {
    if (this.#before.size === 0) return;
    const { size } = this.#suspects;
    if (state.suspiciousCount !== this.#countBefore + size)
      throw broken('S12', `${String(size)} tasks may have killed a worker, and others were counted`);
    for (const [task, before] of this.#before) {
      const deaths = before + (this.#suspects.has(task) ? 1 : 0);
      // One that has needed what was lost with the worker may be forgotten, with all that was known of it.
      if (task.suspicious !== deaths && state.tasks.get(task.id) === task)
        throw broken(
          'S12',
          `${String(deaths)} workers died of ${task.key}, and ${String(task.suspicious)} are counted`,
        );
    }
  }
}

function suspectsOf({ processing, threads }: WorkerRecord): ReadonlySet<TaskRecord> {
  const inSlots = processing.filter(({ isLongRunning }) => !isLongRunning);
  const byUrgency = [...inSlots].sort(comparePriority).slice(0, threads);
  const byAge = [...inSlots].sort((a, b) => a.runId - b.runId).slice(0, threads);
  return new Set([...processing.filter(({ isLongRunning }) => isLongRunning), ...byUrgency, ...byAge]);
}
