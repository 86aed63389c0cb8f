import { messageOf, type Address } from '@grid/common';
import { CommError } from '../errors.js';

/** What a socket was doing when the system refused. */
export type SocketAction = 'connect' | 'listen' | 'transfer';

/**
 * Turns an error of `node:net` into one of ours. The only place that knows Node's codes.
 *
 * @param action - What failed: the same code means another thing to somebody who connects than to somebody who listens.
 * @param address - The peer's, or the one to listen on.
 */
export function toCommError(error: unknown, action: SocketAction, address: Address): CommError {
  const systemCode = systemCodeOf(error);
  const options = { details: { address, systemCode }, cause: error };
  if (action === 'listen') return listenError(systemCode, address, options);
  if (action === 'connect') {
    return new CommError('GRID_COMM_CONNECT_FAILED', connectMessage(systemCode, address, error), options);
  }
  return new CommError('GRID_COMM_RESET', transferMessage(systemCode, address, error), options);
}

type Options = ConstructorParameters<typeof CommError>[2];

function listenError(systemCode: string, address: Address, options: Options): CommError {
  switch (systemCode) {
    case 'EADDRINUSE':
      return new CommError(
        'GRID_COMM_ADDRESS_IN_USE',
        `${address} is taken; choose another port, or 0 for a free one`,
        options,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new CommError('GRID_COMM_BAD_ADDRESS', `${address} is not an address of this host`, options);
    case 'EACCES':
    case 'EPERM':
      return new CommError(
        'GRID_COMM_LISTEN_FAILED',
        `this user may not listen on ${address}; choose a port above 1023`,
        options,
      );
    default:
      return new CommError('GRID_COMM_LISTEN_FAILED', `cannot listen on ${address} (${systemCode})`, options);
  }
}

function connectMessage(systemCode: string, address: Address, error: unknown): string {
  switch (systemCode) {
    case 'ECONNREFUSED':
      return `nobody listens on ${address}`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `the host name of ${address} cannot be resolved (${systemCode})`;
    case 'ETIMEDOUT':
      return `${address} does not answer`;
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EADDRNOTAVAIL':
      return `there is no route from here to ${address} (${systemCode})`;
    case 'EMFILE':
    case 'ENFILE':
      return `cannot connect to ${address}: this process has too many open files or sockets (${systemCode}); raise ulimit -n`;
    default:
      return `cannot connect to ${address} (${systemCode === '' ? messageOf(error) : systemCode})`;
  }
}

function transferMessage(systemCode: string, address: Address, error: unknown): string {
  switch (systemCode) {
    case 'ECONNRESET':
    case 'ECONNABORTED':
    case 'EPIPE':
      return `${address} reset the comm (${systemCode})`;
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `${address} cannot be reached any more (${systemCode})`;
    default:
      return `the comm to ${address} broke (${systemCode === '' ? messageOf(error) : systemCode})`;
  }
}

/** The code of an error of Node; of the first attempt where several addresses of one name were tried. */
function systemCodeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const { code, errors } = error as { code?: unknown; errors?: unknown };
  if (typeof code === 'string' && code !== '') return code;
  return Array.isArray(errors) ? systemCodeOf(errors[0]) : '';
}
