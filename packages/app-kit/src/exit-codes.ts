import { isGridError } from '@grid/common';

/** What the exit code of a Grid process says. */
export const EXIT_CODES = {
  /** It left in order. */
  done: 0,
  /** Wrong flags or arguments. */
  usage: 2,
  /** A setting, such as the token, is wrong or missing. */
  config: 3,
  /** It could not listen at its address. */
  cannotListen: 4,
  /** It never reached, or lost, its scheduler. */
  lostScheduler: 5,
  /** A bug of Grid's. */
  bug: 70,
} as const;

const BY_CODE: ReadonlyMap<string, number> = new Map([
  ['GRID_APP_BAD_OPTION', EXIT_CODES.usage],
  ['GRID_PLUGINS_PRELOAD_FAILED', EXIT_CODES.config],
  ['GRID_RPC_SCHEDULER_FILE', EXIT_CODES.config],
  ['GRID_WORKER_BAD_OPTION', EXIT_CODES.usage],
  ['GRID_COMM_BAD_ADDRESS', EXIT_CODES.usage],
  ['GRID_COMM_UNKNOWN_SCHEME', EXIT_CODES.usage],
  ['GRID_COMMON_BAD_DURATION', EXIT_CODES.usage],
  ['GRID_COMMON_BAD_SIZE', EXIT_CODES.usage],
  ['GRID_COMM_ADDRESS_IN_USE', EXIT_CODES.cannotListen],
  ['GRID_COMM_ADDRESS_NOT_AVAILABLE', EXIT_CODES.cannotListen],
  ['GRID_COMM_CONNECT_FAILED', EXIT_CODES.lostScheduler],
  ['GRID_COMM_TIMEOUT', EXIT_CODES.lostScheduler],
]);

/** The exit code for an error that ends a process. */
export function exitCodeOf(error: unknown): number {
  if (!isGridError(error)) return EXIT_CODES.bug;
  const known = BY_CODE.get(error.code);
  if (known !== undefined) return known;
  // Whether a token, an address or nobody at all was in the way, the cause says.
  if (error.code === 'GRID_WORKER_NO_SCHEDULER') {
    const inner = exitCodeOf(error.cause);
    return inner === EXIT_CODES.bug ? EXIT_CODES.lostScheduler : inner;
  }
  if (error.code.includes('TOKEN') || error.code.includes('AUTH')) return EXIT_CODES.config;
  return error.code.startsWith('GRID_COMM_') || error.code.startsWith('GRID_RPC_')
    ? EXIT_CODES.lostScheduler
    : EXIT_CODES.bug;
}
