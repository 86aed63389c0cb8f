import type { NannyLimits } from './nanny-limits.js';

/** Why a nanny has its worker end. */
export type EndReason = 'closed' | 'restarted' | 'memory' | 'scheduler-lost' | 'start-timeout';

/** The process is to end; each step uses more force than the one before. */
export interface EndingPhase {
  readonly name: 'ending';
  readonly why: EndReason;
  readonly step: 'asked' | 'terminated' | 'killed';
  /** When the next step is due. */
  readonly nextAt: number;
  /** What the nanny exits with then; `null`: it starts the process anew. */
  readonly exitWith: number | null;
}

export type NannyPhase =
  | { readonly name: 'created' }
  /** The process is there and has not joined the cluster yet. */
  | { readonly name: 'starting'; readonly giveUpAt: number }
  | { readonly name: 'running' }
  | EndingPhase
  /** There is no process until then. */
  | { readonly name: 'pausing'; readonly until: number }
  | { readonly name: 'closed' };

/**
 * What a nanny knows of its worker.
 *
 * N1. There is one process at a time: none is started before the end of the last one is known.
 * N2. As long as the nanny is not closed there is a process, or a time at which there will be one.
 * N3. Whoever asked for a restart is answered once.
 * N4. The end of each process is told once.
 */
export interface NannyState {
  readonly limits: NannyLimits;
  phase: NannyPhase;
  /** A worker of this nanny has joined the cluster before. */
  hasRun: boolean;
  /** When the present one did; `null`: not yet. */
  readyAt: number | null;
  /** Ends by accident in a row, none of them after a sound life. */
  deaths: number;
  /** Somebody waits for the next worker to be there. */
  isRestartAwaited: boolean;
  /** What the worker has said before it left by itself; `null`: nothing. */
  leaving: { readonly wantsRestart: boolean } | null;
  /** The nanny has no line to the scheduler, though its first worker may have one. */
  isSchedulerLost: boolean;
  /** Resident memory of the process when it was looked at last. */
  memory: number;
}

export function createNannyState(limits: NannyLimits): NannyState {
  return {
    limits,
    phase: { name: 'created' },
    hasRun: false,
    readyAt: null,
    deaths: 0,
    isRestartAwaited: false,
    leaving: null,
    isSchedulerLost: false,
    memory: 0,
  };
}
