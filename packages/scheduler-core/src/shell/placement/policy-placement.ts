import { createDeferred } from '@grid/common';

import type { MemoryPolicy } from '../../core/memory-manager/memory-policy.js';
import type { Placement } from './placements.js';

/** A policy with an end. */
export interface FinitePolicy extends MemoryPolicy {
  /** How many results it has still to deal with, as of the last round. */
  readonly openCount: number;
}

/** A policy that is run until it has nothing more to do, or its time is up. */
export class PolicyPlacement implements Placement {
  readonly policy: FinitePolicy;
  readonly #endsAt: number;
  readonly #done = createDeferred<string | null>();

  /** @param endsAt - Milliseconds since the epoch. */
  constructor(policy: FinitePolicy, endsAt: number) {
    this.policy = policy;
    this.#endsAt = endsAt;
  }

  /** Settles when it is over: `null`, or why it was given up. Never rejects. */
  get done(): Promise<string | null> {
    return this.#done.promise;
  }

  get size(): number {
    return this.policy.openCount;
  }

  judge(now: number): boolean {
    if (this.policy.openCount > 0 && now < this.#endsAt) return false;
    this.#done.resolve(this.policy.openCount === 0 ? null : 'the time is up');
    return true;
  }

  giveUp(reason: string): void {
    this.#done.resolve(reason);
  }
}
