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
  /** Requests of clients that are refused, by the word of the message, such as `'run-function'`. @defaultValue none */
  readonly blockedRequests?: readonly string[];
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
   * Milliseconds after which a task fails that could run and that no worker may run. Without it tasks wait for workers for
   * as long as it takes.
   *
   * @defaultValue `null`: for ever
   */
  readonly noWorkersTimeoutMs?: number | null;
  /**
   * Milliseconds after which it closes, with its workers, if nothing is to be computed, no task came or went, and no client
   * asked for anything.
   *
   * @defaultValue `null`: never
   */
  readonly idleTimeoutMs?: number | null;
  /**
   * Milliseconds after which a client that is not heard of is given up, and what only it wanted is let go. Clients whose
   * program keeps its event loop busy are silent as well. `null`: never.
   *
   * @defaultValue 600 000
   */
  readonly clientTtlMs?: number | null;
  /**
   * Whether clients may register plugins of the scheduler, code of theirs that runs in a thread of its process.
   *
   * @defaultValue false
   */
  readonly allowPlugins?: boolean;
  /** Numbers behind the decisions that differ from {@link DEFAULT_POLICY}. */
  readonly policy?: Partial<SchedulerPolicy>;
  /**
   * Milliseconds that it waits for the workers of the scheduler whose place it has taken, before clients that come back
   * submit again what they had.
   *
   * @defaultValue 5000
   */
  readonly settleMs?: number;
  /**
   * Milliseconds that results are kept which workers have brought of a former scheduler and no client has asked for.
   *
   * @defaultValue 60 000
   */
  readonly orphanGraceMs?: number;
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
