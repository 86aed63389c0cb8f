import { messageOf } from '@grid/common';

import { ClientError } from '../errors.js';

/** Workers that a message lists; `failures` has all. */
const LISTED_MAX = 3;

/** What went wrong on several workers, and what did not: `errors` is that of an `AggregateError`. */
export class WorkersError extends ClientError {
  /** The errors, in the order of {@link WorkersError.failures}. */
  readonly errors: readonly unknown[];
  /** The error of each worker that failed, by its address. */
  readonly failures: Readonly<Record<string, unknown>>;
  /** What the other workers gave, by their addresses. */
  readonly results: Readonly<Record<string, unknown>>;

  constructor(name: string, failures: Readonly<Record<string, unknown>>, results: Readonly<Record<string, unknown>>) {
    const entries = Object.entries(failures);
    const listed = entries.slice(0, LISTED_MAX).map(([worker, error]) => `${worker}: ${messageOf(error)}`);
    const rest = entries.length > LISTED_MAX ? '; …' : '';
    const of = `${String(entries.length)} of ${String(entries.length + Object.keys(results).length)} workers`;
    super('GRID_CLIENT_WORKERS_FAILED', `${name} failed on ${of}: ${listed.join('; ')}${rest}`, {
      details: { name, workers: entries.map(([worker]) => worker) },
      cause: entries[0]?.[1],
    });
    this.errors = entries.map(([, error]) => error);
    this.failures = failures;
    this.results = results;
  }
}
