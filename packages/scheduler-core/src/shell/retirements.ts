import { createDeferred, type Deferred } from '@grid/common';

import { RetireWorker } from '../core/memory-manager/retire-worker.js';
import type { WorkerRecord } from '../core/records.js';
import type { SchedulerState } from '../core/scheduler-state.js';
import type { Stimulus } from '../core/stimulus.js';

/** What became of a worker that was to leave: it is ready to, or why it stays. */
export type RetirementOutcome = { readonly isReady: true } | { readonly isReady: false; readonly reason: string };

/** What retirements need of the server. */
interface RetirementParts {
  readonly state: SchedulerState;
  /** Milliseconds since the epoch. */
  now(): number;
  stimulate(stimulus: Stimulus): void;
}

interface Retirement {
  readonly worker: WorkerRecord;
  readonly policy: RetireWorker;
  readonly endsAt: number;
  readonly deferred: Deferred<RetirementOutcome>;
}

/** Milliseconds between two looks: a look costs a step for each result. */
const LOOK_MS_MIN = 20;
const LOOK_MS_MAX = 500;
const RESULTS_PER_MS = 4;

const READY: RetirementOutcome = { isReady: true };

/**
 * Workers that are to leave in order. Each gets no tasks any more, finishes those that it runs, and its results are moved;
 * then it is ready. If that takes too long, or nobody can take its results, it stays and is given tasks again.
 */
export class Retirements {
  readonly #parts: RetirementParts;
  readonly #open = new Map<WorkerRecord, Retirement>();
  #timer: NodeJS.Timeout | null = null;

  constructor(parts: RetirementParts) {
    this.#parts = parts;
  }

  /**
   * Has workers made ready to leave, all at once, so that none of them gets what another one has to give. A worker that is
   * being retired already is not retired twice. Never rejects.
   *
   * @returns An outcome for each, in their order.
   */
  async retire(workers: readonly WorkerRecord[], timeoutMs: number): Promise<readonly RetirementOutcome[]> {
    const retirements = workers.map((worker) => this.#open.get(worker) ?? this.#begin(worker, timeoutMs));
    this.#look();
    return Promise.all(retirements.map(({ deferred }) => deferred.promise));
  }

  /** Ends all waits. */
  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    for (const { deferred } of this.#open.values())
      deferred.resolve({ isReady: false, reason: 'the scheduler closes' });
    this.#open.clear();
  }

  #begin(worker: WorkerRecord, timeoutMs: number): Retirement {
    const endsAt = this.#parts.now() + timeoutMs;
    const retirement = {
      worker,
      policy: new RetireWorker(worker),
      endsAt,
      deferred: createDeferred<RetirementOutcome>(),
    };
    this.#open.set(worker, retirement);
    this.#parts.stimulate({ op: 'retire-worker', worker, isRetiring: true });
    return retirement;
  }

  #look(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const policies = [...this.#open.values()].map(({ policy }) => policy);
    if (policies.length === 0) return;
    this.#parts.stimulate({ op: 'manage-memory', policies });
    for (const retirement of this.#open.values()) this.#judge(retirement);
    if (this.#open.size === 0) return;
    let results = 0;
    for (const { worker } of this.#open.values()) results += worker.held.length + worker.replicas.size;
    const ms = Math.min(LOOK_MS_MAX, Math.max(LOOK_MS_MIN, results / RESULTS_PER_MS));
    this.#timer = setTimeout(() => this.#look(), ms);
  }

  #judge(retirement: Retirement): void {
    const { worker, policy, endsAt } = retirement;
    if (worker.status === 'closed') return this.#end(retirement, READY);
    if (policy.homeless > 0) {
      const reason = `${String(policy.homeless)} results lie only there, and no other worker takes data`;
      return this.#keep(retirement, reason);
    }
    if (policy.moving === 0 && worker.processing.length === 0 && !this.#expectsData(worker))
      return this.#end(retirement, READY);
    if (this.#parts.now() < endsAt) return;
    const [tasks, results] = [String(worker.processing.length), String(policy.moving)];
    this.#keep(retirement, `the time is up: it still has ${tasks} tasks, and ${results} results lie only there`);
  }

  /** Whether a client was told to send data there. */
  #expectsData(worker: WorkerRecord): boolean {
    for (const workers of this.#parts.state.planned.values()) if (workers.includes(worker)) return true;
    return false;
  }

  #keep(retirement: Retirement, reason: string): void {
    this.#parts.stimulate({ op: 'retire-worker', worker: retirement.worker, isRetiring: false });
    this.#end(retirement, { isReady: false, reason });
  }

  #end(retirement: Retirement, outcome: RetirementOutcome): void {
    this.#open.delete(retirement.worker);
    retirement.deferred.resolve(outcome);
  }
}
