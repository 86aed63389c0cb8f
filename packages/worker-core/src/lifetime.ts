import type { Logger } from '@grid/common';

import { WorkerError } from './errors.js';

/** How long a worker is to live. Milliseconds. */
export interface LifetimeOptions {
  /** From when it has joined the cluster. */
  readonly lifetimeMs: number;
  /** It lives longer or shorter by up to so much, by chance, so that not all workers leave at once. @defaultValue 0 */
  readonly staggerMs?: number;
  /** Whether another worker is to take its place, which is its nanny's business. @defaultValue false */
  readonly restart?: boolean;
}

/** A worker whose time can be up. */
export interface MortalWorker {
  readonly closed: Promise<unknown>;
  closeGracefully(reason: string, timeoutMs: number, isPatient: boolean): Promise<void>;
}

/** A worker's time. */
export interface Lifetime {
  /** Whether its time is up, and another worker is to take its place. */
  readonly wantsRestart: boolean;
}

/** Milliseconds to finish what it runs, and to have its results moved, also if others leave; then it closes nevertheless. */
const LEAVE_TIMEOUT_MS = 300_000;

/** Timers of Node go no further. */
const LIFETIME_MAX_MS = 2 ** 31 - 1;

/** When a worker's time is up: after its lifetime, more or less; `chance`: from 0 to 1. */
export function lifetimeEnd({ lifetimeMs, staggerMs = 0 }: LifetimeOptions, chance: number): number {
  if (!(lifetimeMs > 0) || !(staggerMs >= 0) || staggerMs > lifetimeMs) {
    throw new WorkerError(
      'GRID_WORKER_BAD_OPTION',
      `a lifetime of ${String(lifetimeMs)} ms with a stagger of ${String(staggerMs)} ms: it is more than 0, and the stagger not more than that`,
      { details: { option: 'lifetime', lifetimeMs, staggerMs } },
    );
  }
  return Math.min(LIFETIME_MAX_MS, lifetimeMs + staggerMs * (2 * chance - 1));
}

/**
 * Has a worker leave in order when its time is up: its results are moved first. To be called when it has joined the cluster.
 *
 * @throws {@link WorkerError} `GRID_WORKER_BAD_OPTION`
 * @source dask.distributed `Worker(lifetime=, lifetime_stagger=, lifetime_restart=)`.
 */
export function startLifetime(worker: MortalWorker, options: LifetimeOptions, logger: Logger): Lifetime {
  const { restart = false } = options;
  const afterMs = lifetimeEnd(options, Math.random());
  let isUp = false;
  const timer = setTimeout(() => {
    isUp = true;
    logger.info({ lifetimeMs: Math.round(afterMs), restart }, 'the time of this worker is up; it leaves');
    void worker.closeGracefully('its lifetime is over', LEAVE_TIMEOUT_MS, true);
  }, afterMs).unref();
  void worker.closed.then(() => clearTimeout(timer));
  return {
    get wantsRestart() {
      return isUp && restart;
    },
  };
}
