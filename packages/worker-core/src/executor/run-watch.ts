import { CONTROL } from './thread-messages.js';
import type { PoolThread, Run } from './pool-thread.js';

/** For how long a run may keep its thread, in milliseconds. */
export interface WatchPatience {
  readonly overdueMs: number;
  /** For one that has left its slot. */
  readonly secededMs: number;
}

/** What the watch sees. */
export interface RunWatchEvents {
  /** A run with a time limit keeps its thread; told at every look. */
  onBegun(run: Run): void;
  /** A run has kept its thread for too long to plan anything behind it. Told once. */
  onOverdue(thread: PoolThread, run: Run): void;
}

/**
 * Looks at threads from outside while they have something to do: a thread that computes cannot tell how it goes.
 *
 * It sees when a task began at the accuracy of its own period, which is why time limits are as accurate as that.
 */
export class RunWatch {
  readonly #patience: WatchPatience;
  readonly #threads: readonly PoolThread[];
  readonly #events: RunWatchEvents;
  #timer: NodeJS.Timeout | undefined;

  constructor(patience: WatchPatience, threads: readonly PoolThread[], events: RunWatchEvents) {
    this.#patience = patience;
    this.#threads = threads;
    this.#events = events;
  }

  /** Looks from now on, until there is nothing to see. */
  start(): void {
    this.#timer ??= setTimeout(() => this.#look(), this.#patience.overdueMs).unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    this.#timer = undefined;
    const now = performance.now();
    let isAnyToWatch = false;
    for (const thread of [...this.#threads]) if (this.#lookAt(thread, now)) isAnyToWatch = true;
    if (isAnyToWatch) this.start();
  }

  /** Whether there is more to see here. */
  #lookAt(thread: PoolThread, now: number): boolean {
    if (thread.runs.size === 0) return false;
    const run = thread.current();
    if (run === undefined) return thread.pendingMs > 0;
    if (run.task.timeoutMs > 0 && run.timer === undefined) this.#events.onBegun(run);
    const head = Atomics.load(thread.control, CONTROL.head);
    if (head !== thread.seenHead) {
      thread.seenHead = head;
      thread.seenAt = now;
      return true;
    }
    const { overdueMs, secededMs } = this.#patience;
    if (run.isOverdue || now - thread.seenAt < (run.hasSeceded ? secededMs : overdueMs)) return !run.isOverdue;
    run.isOverdue = true;
    thread.isStuck = true;
    this.#events.onOverdue(thread, run);
    return false;
  }
}
