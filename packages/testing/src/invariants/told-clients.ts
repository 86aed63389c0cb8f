import {
  STATE,
  wantsOf,
  type LinkOutput,
  type SchedulerState,
  type Stimulus,
  type TaskRecord,
} from '@grid/scheduler-core/simulation';

import { broken } from '../errors.js';
import type { SchedulerPromise } from './scheduler-promise.js';

type Word = 'keyInMemory' | 'keyErred' | 'keyLost' | 'keyRetried' | 'keyCancelled';

const WORDS: readonly Word[] = ['keyInMemory', 'keyErred', 'keyLost', 'keyRetried', 'keyCancelled'];

/** X3: what a client was told of a task last is what the task is. It may not have heard it yet. */
export class ToldClients implements SchedulerPromise {
  /** By client and its number for the task. */
  readonly #told = new Map<string, Word>();

  /** Listens to what a scheduler says to clients. */
  listen(output: LinkOutput): void {
    const methods = output as unknown as Record<
      Word,
      (client: { readonly id: number }, id: number, more: never) => void
    >;
    for (const word of WORDS) {
      const say = methods[word].bind(output);
      methods[word] = (client, id, more) => {
        this.#told.set(nameOf(client.id, id), word);
        say(client, id, more);
      };
    }
  }

  /** @throws `GRID_TESTING_BROKEN_PROMISE` X3 */
  check(state: SchedulerState, _stimulus: Stimulus, tasks: Iterable<TaskRecord>): void {
    for (const task of tasks) {
      if (state.tasks.get(task.id) !== task) continue;
      const isDone = task.state === STATE.memory || task.state === STATE.erred;
      for (const { client, id } of wantsOf(task)) {
        if (!client.isListening) continue;
        const told = this.#told.get(nameOf(client.id, id));
        const expected = task.state === STATE.memory ? 'keyInMemory' : 'keyErred';
        const isRight = isDone ? told === expected : told !== 'keyInMemory' && told !== 'keyErred';
        if (!isRight)
          throw broken(
            'X3',
            `${client.name} was told ${String(told)} of ${task.key} last, which is ${String(task.state)}`,
          );
      }
    }
  }
}

function nameOf(clientId: number, id: number): string {
  return `${String(clientId)}/${String(id)}`;
}
