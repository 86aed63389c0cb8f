import { broken } from '../errors.js';
import type { WorldPlan } from '../plan/world-plan.js';
import type { TaskSpec } from '../workload/task-spec.js';
import type { WorkloadModel } from '../workload/workload-model.js';
import type { Outcome, SimClient } from './sim-client.js';

/** What went wrong in a world so far, as far as it excuses what clients see. */
export interface WorldHistory {
  /** Lives of workers that ended, or were given up, in whichever way. */
  workerEnds: number;
  /** Faults of any kind. */
  faults: number;
  /** Those of them that nobody is to suffer for: a scheduler died, and the next one waits for those who come back. */
  harmlessEnds: number;
  /** Whether everybody is to leave. */
  isEnding: boolean;
  /** How often everything was given up for all. */
  restarts: number;
  /** How often a program let go of a task, gave it up, or had it tried again. */
  giveUps: number;
  /** Threads that ended, with all that was in them. */
  threadEnds: number;
  /** Values that a worker lost though it lives on. */
  lostValues: number;
  /** Labels that somebody gave up for everybody. */
  readonly forced: Set<number>;
  /** Labels that somebody gave up. */
  readonly cancelled: Set<number>;
  /** Labels that were to be done whoever wants them. */
  readonly fired: Set<number>;
}

/**
 * Which outcomes a task may have (X1, X2): its right value, or an error that the workload or a fault accounts for. The rest
 * are broken promises.
 */
export class OutcomeRules {
  readonly #plan: WorldPlan;
  readonly #model: WorkloadModel;
  readonly #history: WorldHistory;
  /** All that a task needs, itself too. */
  readonly #lineages: (readonly TaskSpec[])[] = [];

  constructor(plan: WorldPlan, model: WorkloadModel, history: WorldHistory) {
    this.#plan = plan;
    this.#model = model;
    this.#history = history;
  }

  /** @throws `GRID_TESTING_BROKEN_PROMISE` X2 */
  check(client: SimClient, label: number, outcome: Outcome): void {
    if (outcome.kind === 'value') {
      if (!this.#lineage(label).some(isDoomed)) return;
      throw broken('X2', `${client.process.name} got a value of ${this.#keyOf(label)}, which cannot succeed`);
    }
    if (this.#isExcused(client, label, outcome.code)) return;
    throw broken(
      'X2',
      `${client.process.name} got ${outcome.code} for ${this.#keyOf(label)}, for no reason: ${outcome.text}`,
    );
  }

  #isExcused(client: SimClient, label: number, code: string): boolean {
    const { workerEnds, faults, harmlessEnds, restarts, forced } = this.#history;
    const lineage = this.#lineage(label);
    switch (code) {
      case 'GRID_TESTING_TASK_THREW':
        return lineage.some(
          ({ throws, throwsFrom, options }) =>
            throws === null || throws > (options.retries ?? 0) || throwsFrom !== undefined,
        );
      case 'GRID_WORKER_TASK_TIMEOUT':
        return lineage.some(({ options }) => options.timeout !== undefined);
      case 'GRID_WORKER_THREAD_LOST':
        // A thread takes those with it that wait in it; three times and they fail of it.
        return lineage.some(({ way }) => way === 'exit' || way === 'wait');
      case 'GRID_SCHEDULER_KILLED_WORKER':
        return workerEnds > (this.#plan.settings.scheduler.policy?.allowedFailures ?? 3);
      case 'GRID_SCHEDULER_NO_WORKERS':
      case 'GRID_SCHEDULER_NO_VALID_WORKER':
        return typeof this.#plan.settings.scheduler.noWorkersTimeoutMs === 'number';
      case 'GRID_CLIENT_CANCELLED':
        return (
          restarts > 0 ||
          lineage.some((spec) => client.dropped.has(spec.label) || forced.has(spec.label)) ||
          // A worker may have ended before its scheduler hears of it.
          (workerEnds + faults > harmlessEnds && lineage.some(({ isData }) => isData)) ||
          client.isClosed
        );
      case 'GRID_CLIENT_SCHEDULER_LOST':
      case 'GRID_CLIENT_LOST_DATA':
        // A scheduler that dies is not lost: the next one comes in time.
        return faults > harmlessEnds || client.isClosed;
      case 'GRID_CLIENT_CLOSED':
        return client.isClosed;
      default:
        return false;
    }
  }

  #lineage(label: number): readonly TaskSpec[] {
    return (this.#lineages[label] ??= [...this.#collect(label, new Set())]);
  }

  #collect(label: number, found: Set<TaskSpec>): Set<TaskSpec> {
    const spec = this.#model.specOf(label);
    if (found.has(spec)) return found;
    found.add(spec);
    for (const need of spec.needs) this.#collect(need, found);
    return found;
  }

  #keyOf(label: number): string {
    return this.#model.specOf(label).key;
  }
}

function isDoomed({ throws, way }: TaskSpec): boolean {
  return throws === null || way === 'hang' || way === 'exit';
}
