import type { Link } from '@grid/rpc';

import type { TaskRecord, WorkerRecord } from '../core/records.js';
import type { SchedulerState } from '../core/scheduler-state.js';
import type { FunctionRegistry } from './function-registry.js';
import { AcquireReplicasRun } from './runs/acquire-replicas-run.js';
import { ComputeRun, type Introductions } from './runs/compute-run.js';
import { FreeFunctionsRun } from './runs/free-functions-run.js';
import { RefreshWhoHasRun } from './runs/refresh-who-has-run.js';
import { TaskIdsRun } from './runs/task-ids-run.js';

/** What is on its way to one worker, in the order in which the core said it. A link that is closed takes nothing more. */
export class WorkerOutbox {
  readonly link: Link;
  readonly #state: SchedulerState;
  readonly #introduced: Introductions = { functions: new Set(), units: new Set(), workers: new Set() };
  /** Messages that introduced something may be lost: the worker may know more than what is noted. */
  #isUnsure = false;
  readonly #createComputeRun: () => ComputeRun;
  readonly #createRefreshRun: () => RefreshWhoHasRun;

  constructor(link: Link, state: SchedulerState, functions: FunctionRegistry) {
    this.link = link;
    this.#state = state;
    this.#createComputeRun = () => new ComputeRun(functions, this.#introduced);
    this.#createRefreshRun = () => new RefreshWhoHasRun(this.#introduced.workers);
  }

  /** A message was lost, with what it introduced: functions, code and workers are introduced again where they are needed. */
  introduceAgain(): void {
    const { functions, units, workers } = this.#introduced;
    functions.clear();
    units.clear();
    workers.clear();
    this.#isUnsure = true;
  }

  computeTask(task: TaskRecord): void {
    if (this.link.isClosed) return;
    this.link.openRun('compute-tasks', this.#createComputeRun).add(task, this.#state.cause.stimulusId);
  }

  stealTask({ id: taskId, runId }: TaskRecord): void {
    if (this.link.isClosed) return;
    this.link.send({ op: 'steal-request', taskId, runId, stimulusId: this.#state.cause.stimulusId });
  }

  freeKeys(taskId: number): void {
    if (this.link.isClosed) return;
    this.link.openRun('free-keys', createFreeKeysRun).add(taskId, this.#state.cause.stimulusId);
  }

  refreshWhoHas(task: TaskRecord): void {
    if (this.link.isClosed) return;
    this.link.openRun('refresh-who-has', this.#createRefreshRun).add(task, this.#state.cause.stimulusId);
  }

  acquireReplica(worker: WorkerRecord, task: TaskRecord): void {
    if (this.link.isClosed) return;
    const run = this.link.openRun('acquire-replicas', () => new AcquireReplicasRun(this.#introduced.workers));
    run.add(task, worker, this.#state.cause.stimulusId);
  }

  removeReplica(taskId: number): void {
    if (this.link.isClosed) return;
    this.link.openRun('remove-replicas', createRemoveReplicasRun).add(taskId, this.#state.cause.stimulusId);
  }

  countRuns(below: number): void {
    if (!this.link.isClosed) this.link.send({ op: 'count-runs', below });
  }

  listRuns(below: number): void {
    if (!this.link.isClosed) this.link.send({ op: 'list-runs', below });
  }

  removeWorker(gone: WorkerRecord): void {
    // A worker that was never told of it has nothing to forget.
    const isKnown = this.#introduced.workers.delete(gone.id) || this.#isUnsure;
    if (this.link.isClosed || !isKnown) return;
    this.link.send({ op: 'remove-worker', workerId: gone.id, stimulusId: this.#state.cause.stimulusId });
  }

  /** Tells the worker to drop a function, if it has it. */
  freeFunction(functionId: number): void {
    if (this.#introduced.functions.delete(functionId) || this.#isUnsure) this.#freeFunctions()?.addFunction(functionId);
  }

  /** Tells the worker to drop code, if it has it. */
  freeUnit(hash: string): void {
    if (this.#introduced.units.delete(hash) || this.#isUnsure) this.#freeFunctions()?.addUnit(hash);
  }

  #freeFunctions(): FreeFunctionsRun | undefined {
    return this.link.isClosed ? undefined : this.link.openRun('free-functions', createFreeFunctionsRun);
  }

  close(reason: string): void {
    if (!this.link.isClosed) this.link.send({ op: 'close-worker', reason });
  }
}

const createFreeFunctionsRun = (): FreeFunctionsRun => new FreeFunctionsRun();
const createFreeKeysRun = (): TaskIdsRun => new TaskIdsRun('free-keys');
const createRemoveReplicasRun = (): TaskIdsRun => new TaskIdsRun('remove-replicas');
