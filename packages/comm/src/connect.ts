import { deadlineSignal, isGridError, messageOf, type Address } from '@grid/common';
import { CommError, type CommErrorCode } from './errors.js';
import type { Comm, Transport } from './transport.js';
import type { Transports } from './transports.js';

export interface ConnectToOptions {
  /** Milliseconds for all attempts together. @defaultValue 30 000 */
  readonly timeoutMs?: number;
  /** Gives up early; `connect` then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Greatest pause after the first failure, in milliseconds; it doubles with each attempt. @defaultValue 10 */
  readonly backoffMs?: number;
  /** Bound of the doubled pause, in milliseconds. @defaultValue 2 000 */
  readonly backoffMaxMs?: number;
  /** Draws from [0, 1) which part of the pause is waited. @defaultValue `Math.random` */
  readonly random?: () => number;
}

// A first attempt that hangs, say on a name server that is being started, must not use up all the time.
const FIRST_ATTEMPT_SHARE = 1 / 5;

/** What may be over by the next attempt. Everything else is final: another attempt would fail in the same way. */
const PASSING: ReadonlySet<CommErrorCode> = new Set<CommErrorCode>([
  'GRID_COMM_CONNECT_FAILED',
  'GRID_COMM_RESET',
  'GRID_COMM_CLOSED',
  'GRID_COMM_TIMEOUT',
]);

/**
 * Opens a comm to `address`, trying again until it works or the time is up.
 *
 * Between attempts it waits a random part of a doubling pause ("full jitter"), so that a thousand workers which lost the
 * same scheduler do not come back in step.
 *
 * @throws {@link CommError} `GRID_COMM_CONNECT_FAILED` at the deadline, with the last failure as its cause; at once
 * whatever is final, such as `GRID_COMM_UNKNOWN_SCHEME`; the reason of `options.signal` if that fired.
 * @source dask.distributed `comm.core.connect`
 */
export async function connect(transports: Transports, address: Address, options: ConnectToOptions = {}): Promise<Comm> {
  const transport = transports.for(address);
  const { timeoutMs = 30_000, backoffMs = 10, backoffMaxMs = 2_000, random = Math.random } = options;
  using deadline = deadlineSignal(timeoutMs, `connecting to ${address}`, options.signal);
  let failure: unknown;
  let attempts = 0;
  for (; !deadline.signal.aborted; attempts++) {
    const attemptMs = attempts === 0 ? timeoutMs * FIRST_ATTEMPT_SHARE : Infinity;
    try {
      return await attempt(transport, address, attemptMs, deadline.signal);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (isFinal(error)) throw error;
      // The deadline cuts the last attempt short; what went wrong before that says more.
      if (!deadline.signal.aborted || failure === undefined) failure = error;
    }
    await pause(random() * Math.min(backoffMaxMs, backoffMs * 2 ** attempts), deadline.signal);
  }
  options.signal?.throwIfAborted();
  throw new CommError(
    'GRID_COMM_CONNECT_FAILED',
    `could not connect to ${address} within ${Math.round(timeoutMs)} ms (${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}): ` +
      messageOf(failure),
    { details: { address, timeoutMs, attempts }, cause: failure },
  );
}

async function attempt(transport: Transport, address: Address, ms: number, parent: AbortSignal): Promise<Comm> {
  using limit = deadlineSignal(ms, `an attempt to connect to ${address}`, parent);
  return await transport.connect(address, { signal: limit.signal });
}

function isFinal(error: unknown): boolean {
  if (isGridError(error, 'GRID_COMMON_TIMEOUT')) return false;
  // A code of ours may be looked up as one; what is not ours is not in the set.
  return !(isGridError(error) && PASSING.has(error.code as CommErrorCode));
}

/** Waits, at most until `signal` fires. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
