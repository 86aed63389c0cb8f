/** What no suspects are. */
export const NO_RUNS: ReadonlyMap<number, number> = new Map();

/**
 * Where the scheduler is in comparing what it gave to a worker with what the worker has to compute.
 *
 * Only runs that were given out before the last heartbeat are compared. The line keeps the order of messages, so the worker
 * has heard of them when it hears the question, and the scheduler has heard of each that ended when it hears the answer: what
 * the scheduler counts then and the worker does not is lost, whatever is on its way. What only the worker counts may have
 * been taken back a moment ago.
 */
export class RunAudit {
  /** Runs with smaller numbers were given out before the last heartbeat. */
  mark = 0;
  /** The limit that the worker was asked about and has not answered for; 0: none. */
  asked = 0;
  /** Heartbeats since. */
  beats = 0;
  /** Not to be asked before, in milliseconds. */
  nextAt = 0;
  /** Answers in a row that said something else than the scheduler knows. */
  differences = 0;
  /** Runs that one side alone has listed, by task. */
  suspects: ReadonlyMap<number, number> = NO_RUNS;
}
