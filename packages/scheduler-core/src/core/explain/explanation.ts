import type { Facts } from '@grid/protocol';

import type { TaskStateName } from '../task-state.js';

/**
 * Why a task stands where it stands.
 *
 * - `unknown`: there is no such task, any more or yet.
 * - `not-needed`: nobody wants it, so it is not computed.
 * - `waits-for-inputs`: inputs are to be computed first.
 * - `no-workers`, `no-such-worker`, `no-such-resource`, `workers-not-running`: no worker may run it.
 * - `slots-taken`: all workers have enough to do.
 * - `on-worker`: a worker has it; what that says of it stands beside.
 * - `finished`: its result is there.
 * - `failed`, `input-failed`: it, or something that it needs, failed.
 */
export type ExplanationReason =
  | 'unknown'
  | 'not-needed'
  | 'waits-for-inputs'
  | 'no-workers'
  | 'no-such-worker'
  | 'no-such-resource'
  | 'workers-not-running'
  | 'slots-taken'
  | 'on-worker'
  | 'finished'
  | 'failed'
  | 'input-failed';

/** What the scheduler has to say about one task. */
export interface Explanation {
  readonly key: string;
  readonly state: TaskStateName | 'unknown';
  readonly reason: ExplanationReason;
  /** A sentence or two for people, with what can be done about it. */
  readonly text: string;
  /** What the text says, for programs. */
  readonly details: Facts;
}

/** So many names are listed; the rest is counted. */
const NAMES_MAX = 5;

/** Names for a sentence: the first few, and how many more there are. */
export function listNames(names: readonly string[], count = names.length): string {
  const shown = names.slice(0, NAMES_MAX).map((name) => `'${name}'`);
  const rest = count - shown.length;
  return rest > 0 ? `${shown.join(', ')} and ${String(rest)} more` : shown.join(', ');
}

/** `1 task`, `2 tasks`. */
export function countOf(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${String(count)} ${noun}s`;
}
