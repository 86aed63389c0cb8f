import {
  dependentsOf,
  wantsOf,
  type ClientRecord,
  type SchedulerState,
  type Stimulus,
  type TaskRecord,
} from '@grid/scheduler-core/simulation';

import { broken } from '../errors.js';
import type { SchedulerPromise } from './scheduler-promise.js';

/**
 * X2: what a client gives up it does not want any more, nor what depends on that, as far as nobody else wants it; what it takes
 * from all nobody wants any more.
 */
export class CancelPromise implements SchedulerPromise {
  /** Of what is being given up: who is not to want it, `null` for nobody; and whether somebody has wanted it till now. */
  #doomed: ReadonlyMap<TaskRecord, ClientRecord | null> = new Map();

  /** What the one who gives up goes on to want. */
  #kept: readonly TaskRecord[] = [];
  #client: ClientRecord | null = null;

  before(_state: SchedulerState, stimulus: Stimulus): void {
    const doomed = new Map<TaskRecord, ClientRecord | null>();
    if (stimulus.op === 'cancel-keys') {
      const { client, ids, force } = stimulus;
      for (const id of Array.from(ids)) {
        const task = client.tasks.get(id);
        if (task !== undefined) doom(task, client, force, doomed);
      }
    }
    this.#doomed = doomed;
    this.#client = stimulus.op === 'cancel-keys' ? stimulus.client : null;
    this.#kept = [...(this.#client?.tasks.entries() ?? [])].map(([, task]) => task).filter((task) => !doomed.has(task));
  }

  /** @throws `GRID_TESTING_BROKEN_PROMISE` X2 */
  check(state: SchedulerState): void {
    for (const task of this.#kept) {
      const isWanted = wantsOf(task).some(({ client }) => client === this.#client);
      if (!isWanted && state.tasks.get(task.id) === task)
        throw broken('X2', `${this.#client?.name ?? ''} has not given up ${task.key}, and does not want it any more`);
    }
    for (const [task, only] of this.#doomed) {
      if (state.tasks.get(task.id) !== task) continue;
      for (const { client } of wantsOf(task)) {
        if (only === null || client === only)
          throw broken(
            'X2',
            `${client.name} wants ${task.key}, which was given up for ${only === null ? 'all' : 'it'}`,
          );
      }
    }
  }
}

function doom(
  task: TaskRecord,
  client: ClientRecord,
  force: boolean,
  doomed: Map<TaskRecord, ClientRecord | null>,
): void {
  if (doomed.has(task)) return;
  doomed.set(task, force ? null : client);
  const wantedByOthers = wantsOf(task).some(({ client: other }) => other !== client);
  if (force || !wantedByOthers) for (const dependent of dependentsOf(task)) doom(dependent, client, force, doomed);
}
