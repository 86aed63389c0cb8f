import { isGridError, messageOf, type Logger } from '@grid/common';

import { EXIT_CODES, exitCodeOf } from './exit-codes.js';

/** How long a process may take to leave in order, in milliseconds. */
export const SHUTDOWN_TIMEOUT_MS = 10_000;

/** Something that runs until it is closed, or ends by itself. */
export interface RunningService {
  /** Leaves in order. */
  close(reason: string): Promise<void>;
  /** Settles when it ended by itself, with the exit code that says why. Never settles if it runs until it is closed. */
  readonly ended: Promise<number>;
}

/**
 * Runs a service until SIGINT or SIGTERM, and exits with a code that says how it went. A second signal, or a close
 * that takes too long, ends the process at once.
 */
export async function runUntilSignal(logger: Logger, start: () => Promise<RunningService>): Promise<never> {
  let stop: (signal: NodeJS.Signals) => void = () => {};
  const stopped = new Promise<NodeJS.Signals>((resolve) => {
    stop = resolve;
  });
  let signals = 0;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      signals += 1;
      if (signals > 1) process.exit(signal === 'SIGINT' ? 130 : 143);
      stop(signal);
    });
  }
  try {
    const service = await Promise.race([start(), stopped.then(() => null)]);
    if (service === null) process.exit(EXIT_CODES.done);
    const how = await Promise.race([stopped, service.ended]);
    if (typeof how === 'number') process.exit(how);
    logger.info({ signal: how }, 'closing');
    setTimeout(() => {
      logger.warn({ timeoutMs: SHUTDOWN_TIMEOUT_MS }, 'did not close in time');
      process.exit(EXIT_CODES.done);
    }, SHUTDOWN_TIMEOUT_MS).unref();
    await service.close(how);
    process.exit(EXIT_CODES.done);
  } catch (error) {
    if (!isGridError(error)) throw error;
    logger.error({ ...error.details, code: error.code }, messageOf(error));
    process.exit(exitCodeOf(error));
  }
}
