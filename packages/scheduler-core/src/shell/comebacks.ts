import { createDeferred, raceAbort } from '@grid/common';
import { RESUME_FEATURE } from '@grid/protocol';
import type { Link } from '@grid/rpc';

import type { SchedulerState } from '../core/scheduler-state.js';

/** Milliseconds in which those who come and go are told of at once. */
const TELL_AFTER_MS = 20;

export interface ComebackLimits {
  /** Milliseconds that workers of a former scheduler are waited for. */
  readonly settleMs: number;
  /** Milliseconds that is kept what they brought and no client has asked for. */
  readonly graceMs: number;
}

export interface ComebackParts {
  readonly state: SchedulerState;
  /** The time is up for what nobody has asked for. */
  onGraceEnd(): void;
  /** Says to all workers how many there are. */
  tellCount(count: number): void;
}

/**
 * Waits for those who come back when a scheduler has taken the place of another one.
 *
 * A client is not to submit anything again before the workers are here that may have it already. Each of them says how many
 * there were; those that do not come are waited for a short while.
 */
export class Comebacks {
  readonly #limits: ComebackLimits;
  readonly #parts: ComebackParts;
  readonly #settled = createDeferred<void>();
  #settleTimer: NodeJS.Timeout | null = null;
  #graceTimer: NodeJS.Timeout | null = null;
  #tellTimer: NodeJS.Timeout | null = null;
  #expected = 0;
  #cameBack = 0;
  #isSettled = false;

  constructor(limits: ComebackLimits, parts: ComebackParts) {
    this.#limits = limits;
    this.#parts = parts;
  }

  /** A worker came or went. All are told how many there are, a moment later: mostly several come at once. */
  membersChanged(): void {
    this.#tellTimer ??= setTimeout(() => {
      this.#tellTimer = null;
      const here = this.#parts.state.workers.length;
      const isWaiting = !this.#isSettled && this.#settleTimer !== null;
      this.#parts.tellCount(isWaiting ? Math.max(here, this.#expected) : here);
    }, TELL_AFTER_MS);
  }

  /** A worker of a former scheduler is here, and has been taken in. `count`: of how many it was one; 0: unknown. */
  workerCame(count: number): void {
    this.#begin();
    this.#expected = Math.max(this.#expected, count);
    if (this.#graceTimer !== null) clearTimeout(this.#graceTimer);
    this.#graceTimer = setTimeout(() => this.#parts.onGraceEnd(), this.#limits.graceMs);
    // Others may have joined meanwhile, who bring nothing.
    this.#cameBack += 1;
    if (this.#expected > 0 && this.#cameBack >= this.#expected) this.#settle();
  }

  /** Settles when those are back who are to be expected, or have been waited for long enough. */
  async allBack(signal: AbortSignal): Promise<void> {
    this.#begin();
    await raceAbort(this.#settled.promise, signal);
  }

  stop(): void {
    if (this.#tellTimer !== null) clearTimeout(this.#tellTimer);
    if (this.#settleTimer !== null) clearTimeout(this.#settleTimer);
    if (this.#graceTimer !== null) clearTimeout(this.#graceTimer);
  }

  #begin(): void {
    if (!this.#isSettled) this.#settleTimer ??= setTimeout(() => this.#settle(), this.#limits.settleMs);
  }

  #settle(): void {
    this.#isSettled = true;
    if (this.#settleTimer !== null) clearTimeout(this.#settleTimer);
    this.#settled.resolve();
  }
}

/** Those who know what it is for are told how many workers there are. */
export function tellWorkerCount(peers: Iterable<{ readonly link: Link }>, count: number): void {
  for (const { link } of peers) {
    if (!link.isClosed && link.peer.features.includes(RESUME_FEATURE)) link.send({ op: 'worker-count', count });
  }
}
