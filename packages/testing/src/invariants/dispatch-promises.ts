import {
  dependenciesOf,
  membersOf,
  STATE,
  type LinkOutput,
  type SchedulerState,
  type TaskRecord,
  type WorkerRecord,
} from '@grid/scheduler-core/simulation';

import { broken } from '../errors.js';
import type { SchedulerPromise } from './scheduler-promise.js';

const KIB = 1024;
/** What a result weighs whose size is not known, in bytes. */
const UNKNOWN_BYTES = 1024;

/** S13, S14: a task goes to a worker that may run it now, with all that it needs at hand, and is counted by what it costs there. */
export class DispatchPromises implements SchedulerPromise {
  #state: SchedulerState | null = null;
  #problem: Error | null = null;

  /** Listens to what a scheduler gives out. */
  listen(output: LinkOutput): void {
    const say = output.computeTask.bind(output);
    output.computeTask = (worker, task) => {
      const isIdle = worker.processing.length === 1 && worker.lastProgressAt !== this.#state?.cause.at;
      const wrong = isIdle ? 'that had nothing to do, and is taken to be held up' : whatIsWrong(worker, task);
      if (wrong !== null)
        this.#problem ??= broken('S14', `${task.key} was given to ${worker.about.name}, and ${wrong}`);
      say(worker, task);
    };
  }

  before(state: SchedulerState): void {
    this.#state = state;
  }

  /** @throws `GRID_TESTING_BROKEN_PROMISE` S14 */
  check(): void {
    if (this.#problem !== null) throw this.#problem;
  }
}

function whatIsWrong(worker: WorkerRecord, task: TaskRecord): string | null {
  const { about, resources, status } = worker;
  if (status !== 'running') return `that is ${status}`;
  let missingBytes = 0;
  for (const { key, state, whoHas, nbytes } of dependenciesOf(task)) {
    const holders = membersOf(whoHas);
    if (state !== STATE.memory || holders.length === 0) return `it needs ${key}, which nobody has`;
    if (!holders.includes(worker)) missingBytes += nbytes < 0 ? UNKNOWN_BYTES : nbytes;
  }
  if (task.inboundKib !== Math.round(missingBytes / KIB))
    return `that has to fetch ${String(missingBytes)} bytes for it, not ${String(task.inboundKib)} KiB`;
  const options = task.graph?.options;
  if (options === undefined) return 'nobody knows what it is made of';
  for (const { name, amount } of options.resources ?? []) {
    if ((resources.get(name) ?? 0) < amount) return `that does not have ${String(amount)} ${name}`;
  }
  const { workers: names, allowOtherWorkers } = options;
  if (names.length === 0 || allowOtherWorkers) return null;
  return [about.name, about.address, about.host].some((name) => names.includes(name))
    ? null
    : 'that is none of its own';
}
