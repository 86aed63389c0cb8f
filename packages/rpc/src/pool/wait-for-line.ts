import { RpcError } from '../errors.js';
import type { Link, RequestOptions } from '../link/link.js';
import type { AddressLines, Waiter } from './address-lines.js';

/**
 * Stands in line for a link to one address.
 *
 * @param serve - Called once the caller stands in line; it may hand out a link at once.
 */
export async function waitForLine(
  lines: AddressLines,
  { timeoutMs, signal }: RequestOptions,
  serve: () => void,
): Promise<Link> {
  signal?.throwIfAborted();
  return new Promise<Link>((resolve, reject) => {
    const leave = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      lines.waiters.delete(waiter);
    };
    const waiter: Waiter = {
      take: (link) => {
        leave();
        resolve(link);
      },
      fail: (error) => {
        leave();
        // The caller's own abort reason passes through as it is, whatever it is.
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
        reject(error);
      },
    };
    const onAbort = (): void => waiter.fail(signal?.reason);
    const timer = setTimeout(
      () => waiter.fail(noLine(lines, timeoutMs)),
      Math.min(Math.max(timeoutMs, 0), TIMEOUT_MS_MAX),
    );
    signal?.addEventListener('abort', onAbort, { once: true });
    lines.waiters.add(waiter);
    serve();
  });
}

// A timer takes at most this; longer ones fire at once.
const TIMEOUT_MS_MAX = 2 ** 31 - 1;

function noLine({ address, busy, opening }: AddressLines, timeoutMs: number): RpcError {
  return new RpcError('GRID_RPC_TIMEOUT', `no line to ${address} became free within ${String(timeoutMs)} ms`, {
    details: { address, timeoutMs, busy: busy.size, opening: opening.size },
  });
}
