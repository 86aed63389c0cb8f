import type { ProcessExit } from './worker-exit.js';

/** What can happen to a nanny. `at`: milliseconds of a clock that never runs backwards. */
export type NannyStimulus =
  | { readonly type: 'start'; readonly at: number }
  /** The worker has joined the cluster. */
  | { readonly type: 'worker-ready'; readonly at: number }
  /** The worker is about to end by itself, in order. */
  | { readonly type: 'worker-leaving'; readonly wantsRestart: boolean; readonly at: number }
  | ({ readonly type: 'worker-exited'; readonly at: number } & ProcessExit)
  /** What the process takes of memory, in bytes. */
  | { readonly type: 'memory'; readonly bytes: number; readonly at: number }
  | { readonly type: 'restart'; readonly at: number }
  | { readonly type: 'close'; readonly at: number }
  | { readonly type: 'scheduler-lost'; readonly at: number }
  /** A time has come that was asked for; or not quite, or long ago. */
  | { readonly type: 'timer'; readonly at: number };
