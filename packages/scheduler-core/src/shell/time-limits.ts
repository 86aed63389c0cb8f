import type { Logger } from '@grid/common';

import { IdleWatch } from '../core/idle-watch.js';
import type { SchedulerState } from '../core/scheduler-state.js';
import type { Stimulus } from '../core/stimulus.js';

/** How long things may last; `null`: for ever. Milliseconds. */
export interface TimeLimitOptions {
  /** That a task which could run finds no worker. */
  readonly noWorkersTimeoutMs: number | null;
  /** That there is nothing to do. */
  readonly idleTimeoutMs: number | null;
  /** That nothing is heard of a client that says now and then that it is there. */
  readonly clientTtlMs: number | null;
}

/** A client, as far as its silence goes. */
export interface HeardClient {
  readonly name: string;
  /** When something was heard of it, in milliseconds since the epoch. */
  readonly heardAt: number;
  /** Whether it has said that it says so now and then. */
  readonly hasHeartbeat: boolean;
  /** It was silent for too long. */
  giveUp(reason: string): void;
}

export interface TimeLimitParts {
  readonly state: SchedulerState;
  readonly logger: Logger;
  now(): number;
  stimulate(stimulus: Stimulus): void;
  onIdle(reason: string): void;
}

/** How often it is looked at, at most, in milliseconds. */
const CHECK_MS = 250;
/** The least time between two looks, in milliseconds. */
const CHECK_MIN_MS = 10;
/** Looks within the shortest of the times. */
const CHECKS = 4;

/** Clients say so often that they are there, at most, in milliseconds. */
const HEARTBEAT_MS = 5000;
const HEARTBEATS_PER_TTL = 5;

/** Gives up what takes too long: tasks without workers, clients that are silent, and the scheduler itself if it is idle. */
export class TimeLimits {
  readonly #options: TimeLimitOptions;
  readonly #parts: TimeLimitParts;
  readonly #clients = new Set<HeardClient>();
  #timer: NodeJS.Timeout | null = null;
  /** Requests of clients that have not been answered. */
  #requests = 0;
  readonly #idleness: IdleWatch;
  /** Since when tasks have been queued with no worker running. */
  #withoutWorkersSince: number | null = null;

  constructor(options: TimeLimitOptions, parts: TimeLimitParts) {
    this.#options = options;
    this.#parts = parts;
    this.#idleness = new IdleWatch(parts.now());
  }

  /** How often clients are to say that they are there, in milliseconds; 0: never. */
  get heartbeatMs(): number {
    const { clientTtlMs } = this.#options;
    return clientTtlMs === null ? 0 : Math.min(HEARTBEAT_MS, clientTtlMs / HEARTBEATS_PER_TTL);
  }

  start(): void {
    const times = Object.values(this.#options).filter((ms): ms is number => ms !== null);
    if (times.length === 0) return;
    const everyMs = Math.max(CHECK_MIN_MS, Math.min(CHECK_MS, Math.min(...times) / CHECKS));
    this.#timer = setInterval(() => this.check(), everyMs);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  clientCame(client: HeardClient): void {
    this.#clients.add(client);
  }

  clientLeft(client: HeardClient): void {
    this.#clients.delete(client);
  }

  /** A client wants something. */
  noteActivity(): void {
    this.#idleness.note(this.#parts.now());
  }

  /** A client waits for an answer meanwhile, so there is something to do. */
  async during<T>(request: Promise<T>): Promise<T> {
    this.#requests += 1;
    try {
      return await request;
    } finally {
      this.#requests -= 1;
      this.noteActivity();
    }
  }

  /** Looks at the time. */
  check(): void {
    const now = this.#parts.now();
    this.#checkClients(now);
    this.#checkUnrunnable(now);
    this.#checkIdle(now);
  }

  #checkClients(now: number): void {
    const { clientTtlMs } = this.#options;
    if (clientTtlMs === null) return;
    for (const client of [...this.#clients]) {
      const silentMs = now - client.heardAt;
      if (!client.hasHeartbeat || silentMs <= clientTtlMs) continue;
      const reason = `nothing was heard of it for ${String(Math.round(silentMs))} ms`;
      this.#parts.logger.warn({ client: client.name, reason }, 'a client is given up');
      client.giveUp(reason);
    }
  }

  #checkUnrunnable(now: number): void {
    const { noWorkersTimeoutMs: timeoutMs } = this.#options;
    const { state } = this.#parts;
    const isWaitedFor = state.queue.size > 0 && state.totalThreads === 0;
    this.#withoutWorkersSince = isWaitedFor ? (this.#withoutWorkersSince ?? now) : null;
    if (timeoutMs === null) return;
    const withoutWorkersMs = this.#withoutWorkersSince === null ? 0 : now - this.#withoutWorkersSince;
    const [oldest] = state.unrunnable.values();
    const isDue = oldest !== undefined && now - oldest >= timeoutMs;
    if (isDue || (isWaitedFor && withoutWorkersMs >= timeoutMs))
      this.#parts.stimulate({ op: 'fail-unrunnable', timeoutMs, withoutWorkersMs });
  }

  #checkIdle(now: number): void {
    const { idleTimeoutMs } = this.#options;
    if (idleTimeoutMs === null) return;
    if (this.#requests > 0) this.#idleness.note(now);
    const idleMs = this.#idleness.idleMs(this.#parts.state, now);
    if (idleMs < idleTimeoutMs) return;
    this.stop();
    this.#parts.onIdle(`there has been nothing to do for ${String(Math.round(idleMs))} ms`);
  }
}
