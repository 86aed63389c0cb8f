import { parseDuration, type OptionNames } from '@grid/common';

import { checkOptionNames } from '../check-arguments.js';
import type { ClientParts } from '../client-parts.js';
import { ClientError } from '../errors.js';

/** How long a restart may take. */
export interface RestartOptions {
  /** How long the new workers may take to come: milliseconds, or a text such as `'10s'`. Default: 60 s. */
  readonly timeout?: number | string;
  /** Whether to wait until they are there. Default: `true`. */
  readonly waitForWorkers?: boolean;
}

/**
 * What became of a worker, which was known by this address: `restarted`: another one has taken its place. `closed`: it had no
 * nanny, and was told to leave. `restarting`: nobody has waited for what becomes of it. `failed`: its nanny is closing.
 */
export type RestartOutcome = 'restarted' | 'closed' | 'restarting' | 'failed';

const OPTIONS: OptionNames<RestartOptions> = { timeout: true, waitForWorkers: true };

const TIMEOUT_MS = 60_000;

/** What the answer may take beyond the time that the workers have. */
const ANSWER_MS = 5000;

/** Has workers ended and started anew, after all work was given up if `cancelsAll`. */
export async function restart(
  parts: ClientParts,
  which: { readonly workers: readonly string[]; readonly cancelsAll: boolean },
  options: RestartOptions,
): Promise<Record<string, RestartOutcome>> {
  parts.assertOpen('restart');
  checkOptionNames(options, OPTIONS);
  const { timeout = TIMEOUT_MS, waitForWorkers = true } = options;
  parts.outbox.closeBatch();
  const timeoutMs = parseDuration(timeout);
  const { outcomes } = await parts.requests.request(
    { op: 'restart', ...which, timeoutMs, isAwaited: waitForWorkers },
    { timeoutMs: timeoutMs + ANSWER_MS },
  );
  const late = outcomes.filter(({ outcome }) => outcome === 'late').map(({ worker }) => worker);
  if (late.length > 0) throw tooLate(late, outcomes.length, timeoutMs);
  return Object.fromEntries(outcomes.map(({ worker, outcome }) => [worker, outcome as RestartOutcome]));
}

function tooLate(late: readonly string[], count: number, timeoutMs: number): ClientError {
  const text = `after ${String(timeoutMs)} ms ${String(late.length)} of ${String(count)} workers were not there again: ${late.join(', ')}`;
  return new ClientError('GRID_CLIENT_TIMEOUT', text, { details: { workers: late } });
}
