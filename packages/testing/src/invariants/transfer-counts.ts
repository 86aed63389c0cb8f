import { stateOf, type Stimulus, type WorkerState } from '@grid/worker-core/simulation';

import { broken } from '../errors.js';
import type { WorkerPromise } from './worker-promise.js';

/** X6: a result comes to a worker once, until the worker was told that it may go, or lost it. */
export class TransferCounts implements WorkerPromise {
  /** What came from others and is there still. */
  readonly #received = new WeakMap<WorkerState, Set<number>>();

  /** @throws `GRID_TESTING_BROKEN_PROMISE` X6 */
  before(state: WorkerState, stimulus: Stimulus): void {
    const received = this.#receivedBy(state);
    switch (stimulus.type) {
      case 'gather-success':
        for (const taskId of stimulus.taskIds) {
          const task = state.tasks.get(taskId);
          if (task === undefined || !received.has(taskId) || stateOf(task) === 'memory') continue;
          throw broken('X6', `worker ${String(state.selfId)} fetched ${task.key} twice, and nobody had it dropped`);
        }
        return;
      case 'free-keys':
      case 'remove-replicas':
        for (const taskId of Array.from(stimulus.message.taskIds)) received.delete(taskId);
        return;
      case 'lose-data':
        for (const taskId of stimulus.taskIds) received.delete(taskId);
        return;
      default:
    }
  }

  check(state: WorkerState, stimulus: Stimulus): void {
    if (stimulus.type !== 'gather-success') return;
    for (const taskId of stimulus.taskIds) {
      const task = state.tasks.get(taskId);
      if (task !== undefined && stateOf(task) === 'memory') this.#receivedBy(state).add(taskId);
    }
  }

  #receivedBy(state: WorkerState): Set<number> {
    let received = this.#received.get(state);
    if (received === undefined) this.#received.set(state, (received = new Set()));
    return received;
  }
}
