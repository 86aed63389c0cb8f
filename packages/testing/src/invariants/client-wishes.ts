import { STATE, wantsOf, type SchedulerState, type Stimulus, type TaskRecord } from '@grid/scheduler-core/simulation';

import { broken } from '../errors.js';
import type { SchedulerPromise } from './scheduler-promise.js';

/**
 * X10, X6, X4: what is fired and forgotten is wanted until it is over; as many copies as somebody asked for are known to be wanted;
 * what is submitted from a piece of a program counts there; a client that has left is nowhere; and what has waited for a worker for
 * too long waits no more.
 */
export class ClientWishes implements SchedulerPromise {
  /** What has waited for too long. */
  #overdue: readonly TaskRecord[] = [];

  before(state: SchedulerState, stimulus: Stimulus): void {
    this.#overdue = [];
    if (stimulus.op !== 'fail-unrunnable') return;
    const { timeoutMs, withoutWorkersMs } = stimulus;
    // What is given up is so by the clock of the next moment.
    const since = state.cause.at - timeoutMs;
    this.#overdue = [...state.unrunnable].filter(([, at]) => at <= since).map(([task]) => task);
    if (withoutWorkersMs >= timeoutMs) this.#overdue = [...this.#overdue, ...state.queue.values()];
  }

  check(state: SchedulerState, stimulus: Stimulus): void {
    const wrong = this.#whatIsWrong(state, stimulus);
    if (wrong !== null) throw broken('X10', wrong);
  }

  #whatIsWrong(state: SchedulerState, stimulus: Stimulus): string | null {
    switch (stimulus.op) {
      case 'fire-and-forget':
        for (const id of Array.from(stimulus.ids)) {
          const task = stimulus.client.tasks.get(id);
          if (task === undefined || task.state === STATE.memory || task.state === STATE.erred) continue;
          if (!wantsOf(task).some(({ client }) => client === state.forgetful)) return `${task.key} is done for nobody`;
        }
        return null;
      case 'desire-copies': {
        const forgotten = stimulus.tasks.find(
          (task) =>
            state.tasks.get(task.id) === task && (state.desiredCopies.get(task) ?? 1) !== Math.max(1, stimulus.copies),
        );
        return forgotten === undefined ? null : `${forgotten.key} is to have ${String(stimulus.copies)} copies`;
      }
      case 'update-graph': {
        const { graph } = stimulus;
        return graph.options.span !== null && graph.span === null ? 'what a span submits does not count there' : null;
      }
      case 'remove-client':
        return state.clients.has(stimulus.client.id) ? `${stimulus.client.name} has left, and is here` : null;
      case 'fail-unrunnable': {
        const left = this.#overdue.find(({ state: code }) => code === STATE.noWorker || code === STATE.queued);
        const again = this.#overdue.find(({ state: code }) => code === STATE.waiting || code === STATE.processing);
        const task = left ?? again;
        return task === undefined ? null : `${task.key} has waited for too long, and goes on`;
      }
      default:
        return null;
    }
  }
}
