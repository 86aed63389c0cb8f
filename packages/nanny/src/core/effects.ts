import type { EndReason } from './nanny-state.js';
import type { WorkerExit } from './worker-exit.js';

/** What a nanny's core has its shell do. */
export interface NannyEffects {
  /** Starts the process. Ends in `worker-exited` whatever happens. */
  spawn(): void;
  /** Asks the worker to leave in order. */
  ask(why: EndReason): void;
  signal(signal: 'SIGTERM' | 'SIGKILL'): void;
  /** Gives a `timer` at that time, instead of at any that was asked for before. */
  wakeAt(at: number): void;
  /** The worker is about to be killed, for what it did. */
  workerEnding(why: EndReason): void;
  workerExited(exit: WorkerExit): void;
  /** Answers all that asked for a restart. */
  restartEnded(outcome: 'restarted' | 'failed'): void;
  /** The nanny is done; `code` is what a process that is nothing but a nanny exits with. */
  closed(code: number): void;
}
