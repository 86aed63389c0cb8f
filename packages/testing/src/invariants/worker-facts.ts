import {
  membersOf,
  type SchedulerState,
  type Stimulus,
  type TaskRecord,
  type WorkerRecord,
} from '@grid/scheduler-core/simulation';

import { broken } from '../errors.js';
import type { SchedulerPromise } from './scheduler-promise.js';

/** What a worker has said of itself, and what it was told to be. */
interface Facts {
  reported: 'running' | 'paused' | 'closing';
  isRetiring: boolean;
}

/** What a worker was given last that it may be asked back in one go, and when it may be asked again: milliseconds. */
const RECALLED_MAX = 1000;

/**
 * X3: a worker is what it has said of itself last, and what was made of it since. L4: one that takes no tasks any more is
 * asked for all that it has not begun, as long as others could run it.
 */
export class WorkerFacts implements SchedulerPromise {
  readonly #facts = new WeakMap<WorkerRecord, Facts>();

  /** Whether a worker gives up only what it does not hold. */
  #isIdle = false;
  #position = 0;

  before(state: SchedulerState, stimulus: Stimulus): void {
    if (stimulus.op !== 'release-worker-data') return;
    const { worker, taskIds } = stimulus;
    this.#position = state.story.position;
    this.#isIdle = Array.from(taskIds, (id) => state.tasks.get(id)).every(
      (task) => task === undefined || !membersOf(task.whoHas).includes(worker),
    );
  }

  /** @throws `GRID_TESTING_BROKEN_PROMISE` X3, L4 */
  check(state: SchedulerState, stimulus: Stimulus): void {
    if (stimulus.op === 'balance') {
      if (state.workers.length > 1) for (const worker of state.workers) checkRecalled(state, worker);
      return;
    }
    if (!('worker' in stimulus) || stimulus.worker.status === 'closed') return;
    const { worker } = stimulus;
    const facts = this.#factsOf(worker);
    switch (stimulus.op) {
      case 'heartbeat':
        checkHeartbeat(state, stimulus);
        return;
      case 'set-resources':
        checkResources(stimulus);
        return;
      case 'release-worker-data':
        this.#checkUnchanged(state, worker);
        return;
      case 'tasks-finished':
        checkProgress(state, worker);
        return;
      case 'worker-status':
        // Who is leaving does not come back.
        if (facts.reported !== 'closing') facts.reported = stimulus.status;
        break;
      case 'retire-worker':
        facts.isRetiring = stimulus.isRetiring;
        break;
      default:
        return;
    }
    const expected = facts.isRetiring && facts.reported !== 'closing' ? 'closing-gracefully' : facts.reported;
    if (worker.status !== expected) throw broken('X3', `${worker.about.name} is ${worker.status}, not ${expected}`);
    checkRecalled(state, worker);
  }

  #checkUnchanged({ story }: SchedulerState, { about }: WorkerRecord): void {
    if (this.#isIdle && story.position !== this.#position)
      throw broken('S18', `${about.name} gave up what it did not hold, and something came of it`);
  }

  #factsOf(worker: WorkerRecord): Facts {
    let facts = this.#facts.get(worker);
    if (facts === undefined) this.#facts.set(worker, (facts = { reported: 'running', isRetiring: false }));
    return facts;
  }
}

function checkHeartbeat(state: SchedulerState, { worker, memory }: Stimulus & { readonly op: 'heartbeat' }): void {
  const { lastSeenAt, spilledBytes, unmanagedBytes, about } = worker;
  const isRight =
    lastSeenAt === state.cause.at && spilledBytes === memory.spilledBytes && unmanagedBytes === memory.unmanagedBytes;
  if (!isRight) throw broken('X3', `what ${about.name} has said with its heartbeat is not known`);
}

function checkResources({ worker, resources }: Stimulus & { readonly op: 'set-resources' }): void {
  for (const [name, amount] of resources) {
    if ((worker.resources.get(name) ?? 0) !== amount)
      throw broken('X3', `${worker.about.name} has ${String(amount)} ${name}, and is taken to have another amount`);
  }
}

function checkProgress({ cause }: SchedulerState, { lastProgressAt, about }: WorkerRecord): void {
  if (lastProgressAt !== cause.at) throw broken('X3', `nobody knows when ${about.name} has got on`);
}

function checkRecalled(state: SchedulerState, worker: WorkerRecord): void {
  const { status, processing, about } = worker;
  if ((status !== 'paused' && status !== 'closing-gracefully') || state.totalThreads === 0) return;
  for (const task of processing.slice(-RECALLED_MAX)) {
    if (task.isLongRunning || isRestricted(task) || state.steals.has(task)) continue;
    throw broken('L4', `${about.name} is ${status}, and was not asked to give up ${task.key}`);
  }
}

function isRestricted({ graph }: TaskRecord): boolean {
  return graph === null || graph.options.workers.length > 0 || graph.options.resources !== null;
}
