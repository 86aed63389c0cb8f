import { describe, expect, it } from '@jest/globals';
import { asAddress } from '@grid/common';
import { toCommError, type SocketAction } from './socket-errors.js';

const ADDRESS = asAddress('tcp://10.0.0.7:8786');

describe('an error of a socket', () => {
  it.each<[SocketAction, string, string, string]>([
    ['connect', 'ECONNREFUSED', 'GRID_COMM_CONNECT_FAILED', 'nobody listens on tcp://10.0.0.7:8786'],
    ['connect', 'ENOTFOUND', 'GRID_COMM_CONNECT_FAILED', 'host name'],
    ['connect', 'EAI_AGAIN', 'GRID_COMM_CONNECT_FAILED', 'host name'],
    ['connect', 'ETIMEDOUT', 'GRID_COMM_CONNECT_FAILED', 'does not answer'],
    ['connect', 'EHOSTUNREACH', 'GRID_COMM_CONNECT_FAILED', 'no route'],
    ['connect', 'EMFILE', 'GRID_COMM_CONNECT_FAILED', 'ulimit'],
    ['connect', 'EWHATEVER', 'GRID_COMM_CONNECT_FAILED', 'EWHATEVER'],
    ['listen', 'EADDRINUSE', 'GRID_COMM_ADDRESS_IN_USE', 'is taken'],
    ['listen', 'EADDRNOTAVAIL', 'GRID_COMM_BAD_ADDRESS', 'not an address of this host'],
    ['listen', 'ENOTFOUND', 'GRID_COMM_BAD_ADDRESS', 'not an address of this host'],
    ['listen', 'EACCES', 'GRID_COMM_LISTEN_FAILED', 'above 1023'],
    ['listen', 'EWHATEVER', 'GRID_COMM_LISTEN_FAILED', 'EWHATEVER'],
    ['transfer', 'ECONNRESET', 'GRID_COMM_RESET', 'reset the comm'],
    ['transfer', 'EPIPE', 'GRID_COMM_RESET', 'reset the comm'],
    ['transfer', 'ETIMEDOUT', 'GRID_COMM_RESET', 'cannot be reached'],
    ['transfer', 'EWHATEVER', 'GRID_COMM_RESET', 'EWHATEVER'],
  ])('in %s, %s is %s', (action, systemCode, code, text) => {
    const cause = Object.assign(new TypeError('from the system'), { code: systemCode });
    const error = toCommError(cause, action, ADDRESS);
    expect(error).toMatchObject({ code, cause, details: { address: ADDRESS, systemCode } });
    expect(error.message).toContain(text);
  });

  it('of a name with several addresses is told by its first attempt', () => {
    const several = { errors: [{ code: 'ECONNREFUSED' }, { code: 'ENETUNREACH' }] };
    expect(toCommError(several, 'connect', ADDRESS).message).toBe('nobody listens on tcp://10.0.0.7:8786');
  });

  it('without a code is told by its message', () => {
    expect(toCommError(new TypeError('odd'), 'connect', ADDRESS).message).toContain('(odd)');
    expect(toCommError(null, 'transfer', ADDRESS).message).toContain('(null)');
  });
});
