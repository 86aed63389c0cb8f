import { describe, expect, it } from '@jest/globals';
import { CommonError, GridError } from '@grid/common';
import { RpcError } from '@grid/rpc';

import { AppError } from './errors.js';
import { EXIT_CODES, exitCodeOf } from './exit-codes.js';

describe('exitCodeOf', () => {
  it('tells wrong flags, wrong settings, a lost scheduler and our own bugs apart', () => {
    expect(exitCodeOf(new AppError('GRID_APP_BAD_OPTION', 'x'))).toBe(EXIT_CODES.usage);
    expect(exitCodeOf(new CommonError('GRID_COMMON_BAD_SIZE', 'x'))).toBe(EXIT_CODES.usage);
    expect(exitCodeOf(new RpcError('GRID_RPC_BAD_TOKEN', 'x'))).toBe(EXIT_CODES.config);
    expect(exitCodeOf(new RpcError('GRID_RPC_UNAUTHENTICATED', 'x'))).toBe(EXIT_CODES.config);
    expect(exitCodeOf(new RpcError('GRID_RPC_CLOSED', 'x'))).toBe(EXIT_CODES.lostScheduler);
    expect(exitCodeOf(new TypeError('x'))).toBe(EXIT_CODES.bug);
  });

  it('looks at the cause when a worker could not join', () => {
    const notJoined = (cause: unknown): GridError => new GridError('GRID_WORKER_NO_SCHEDULER', 'x', { cause });
    expect(exitCodeOf(notJoined(new RpcError('GRID_RPC_UNAUTHENTICATED', 'x')))).toBe(EXIT_CODES.config);
    expect(exitCodeOf(notJoined(new TypeError('x')))).toBe(EXIT_CODES.lostScheduler);
  });
});
