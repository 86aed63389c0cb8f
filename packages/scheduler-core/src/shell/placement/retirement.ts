import { createDeferred } from '@grid/common';

import { RetireWorker } from '../../core/memory-manager/retire-worker.js';
import type { WorkerRecord } from '../../core/records.js';
import type { SchedulerState } from '../../core/scheduler-state.js';
import type { Stimulus } from '../../core/stimulus.js';
import type { Placement } from './placements.js';

/** What became of a worker that was to leave: it is ready to, or why it stays. */
export type RetirementOutcome = { readonly isReady: true } | { readonly isReady: false; readonly reason: string };

/** What a retirement needs of the server. */
export interface RetirementParts {
  readonly state: SchedulerState;
  stimulate(stimulus: Stimulus): void;
}

/**
 * A worker that is to leave in order. It gets no tasks any more, finishes those that it runs, and its results are moved;
 * then it is ready. If that takes too long, or nobody can take its results, it stays and is given tasks again.
 */
export class Retirement implements Placement {
  readonly policy: RetireWorker;
  readonly #worker: WorkerRecord;
  readonly #endsAt: number;
  readonly #parts: RetirementParts;
  readonly #outcome = createDeferred<RetirementOutcome>();

  /** @param endsAt - Milliseconds since the epoch. */
  constructor(worker: WorkerRecord, endsAt: number, parts: RetirementParts) {
    this.policy = new RetireWorker(worker);
    this.#worker = worker;
    this.#endsAt = endsAt;
    this.#parts = parts;
    parts.stimulate({ op: 'retire-worker', worker, isRetiring: true });
  }

  /** Settles when it is over. Never rejects. */
  get outcome(): Promise<RetirementOutcome> {
    return this.#outcome.promise;
  }

  get size(): number {
    return this.#worker.held.length + this.#worker.replicas.size;
  }

  judge(now: number): boolean {
    const { policy } = this;
    const worker = this.#worker;
    const isDone =
      policy.moving === 0 && policy.pinned.length === 0 && worker.processing.length === 0 && !this.#expectsData();
    if (worker.status === 'closed' || isDone) {
      this.#outcome.resolve({ isReady: true });
      return true;
    }
    const [actor] = policy.pinned;
    if (actor !== undefined) {
      const count = policy.pinned.length === 1 ? '' : `, and ${String(policy.pinned.length - 1)} others`;
      this.giveUp(`the actor ${actor} lives there${count}; release its handles and futures first, or close the worker`);
      return true;
    }
    const [tasks, results] = [String(worker.processing.length), String(policy.moving)];
    if (policy.homeless > 0) {
      this.giveUp(`${String(policy.homeless)} results lie only there, and no other worker takes data`);
    } else if (now >= this.#endsAt) {
      this.giveUp(`the time is up: it still has ${tasks} tasks, and ${results} results lie only there`);
    } else return false;
    return true;
  }

  giveUp(reason: string): void {
    this.#parts.stimulate({ op: 'retire-worker', worker: this.#worker, isRetiring: false });
    this.#outcome.resolve({ isReady: false, reason });
  }

  /** Whether a client was told to send data there. */
  #expectsData(): boolean {
    for (const workers of this.#parts.state.planned.values()) if (workers.includes(this.#worker)) return true;
    return false;
  }
}
