import { STATE, type SchedulerState, type Stimulus, type TaskRecord } from '@grid/scheduler-core/simulation';
import {
  stateOf,
  type LocalTask,
  type Stimulus as WorkerStimulus,
  type WorkerState,
} from '@grid/worker-core/simulation';

import { broken } from '../errors.js';
import type { SchedulerPromise } from './scheduler-promise.js';
import type { WorkerPromise } from './worker-promise.js';

/** S8, L5: what a scheduler has forgotten refers to nothing: whoever keeps the record does not keep what stood beside it. */
export class ForgottenTasks implements SchedulerPromise {
  /** Tasks that took steps and are not forgotten. */
  readonly #known = new Map<string, TaskRecord>();
  #position = 0;

  before({ story }: SchedulerState): void {
    this.#position = story.position;
  }

  check({ story }: SchedulerState, _stimulus: Stimulus, touched: ReadonlySet<TaskRecord>): void {
    for (const key of story.keysSince(this.#position)) {
      const task = this.#known.get(key);
      if (task?.state !== STATE.forgotten) continue;
      this.#known.delete(key);
      if (task.dependencies !== null || task.dependents !== null || task.whoHas !== null || task.wantedBy !== null)
        throw broken('S8', `${key} is forgotten, and refers to others`);
    }
    for (const task of touched) this.#known.set(task.key, task);
  }
}

/** L5: what a worker has forgotten is known for that, and keeps nothing. */
export class ForgottenByWorker implements WorkerPromise {
  check(state: WorkerState, _stimulus: WorkerStimulus, stepped: Iterable<LocalTask>): void {
    for (const task of stepped) {
      if (state.tasks.get(task.taskId) === task) continue;
      const keepsNothing = task.holders === null && task.waiting === null && task.dependencies.length === 0;
      if (stateOf(task) !== 'forgotten' || !keepsNothing)
        throw broken('L5', `${task.key} is ${stateOf(task)}, and not known to worker ${String(state.selfId)}`);
    }
  }
}
