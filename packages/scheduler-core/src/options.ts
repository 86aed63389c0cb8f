import type { SchedulerPolicy } from './core/scheduler-options.js';
import type { MemoryManagerOptions } from './shell/memory-manager.js';

/** How a scheduler is run. */
export interface SchedulerOptions {
  /** The cluster's token; `null` lets in everybody of this machine. */
  readonly token: string | null;
  /**
   * Milliseconds without a heartbeat after which a worker is given up; at least ten heartbeat intervals are waited for.
   *
   * @defaultValue 300 000
   */
  readonly workerTtlMs?: number;
  /**
   * Milliseconds without anything to compute, and without a task that came or went, after which it closes, with its workers;
   * `null`: never.
   *
   * @defaultValue `null`
   */
  readonly idleTimeoutMs?: number | null;
  /** Bytes of uploaded files that are kept for workers that come later. @defaultValue 512 MiB */
  readonly uploadBytesMax?: number;
  /** Where people and tools get `/health`, `/metrics` and `/json/identity.json`; `null` for nowhere. @defaultValue `null` */
  readonly http?: { readonly host: string; readonly port: number } | null;
  /**
   * Milliseconds between looks at whether idle workers could take tasks over from busy ones; `null`: never.
   *
   * @defaultValue 100
   */
  readonly workStealingMs?: number | null;
  /** How copies of results are looked after. */
  readonly memoryManager?: MemoryManagerOptions;
  /**
   * Whether clients may register plugins of the scheduler, code of theirs that runs in a thread of its process.
   *
   * @defaultValue false
   */
  readonly allowPlugins?: boolean;
  /** Numbers behind the decisions that differ from {@link DEFAULT_POLICY}. */
  readonly policy?: Partial<SchedulerPolicy>;
  /** Check all invariants after every step. Slow: for tests and for hunting bugs. @defaultValue false */
  readonly validate?: boolean;
  /**
   * Milliseconds of silence after which a client loses its leases of locks and semaphores. Leases of tasks last as long as
   * their task.
   *
   * @defaultValue 30 000
   */
  readonly leaseTimeoutMs?: number;
  /** How many bytes clients and tasks may leave in queues and variables, in all. @defaultValue 256 MiB */
  readonly coordinationBytesMax?: number;
}
