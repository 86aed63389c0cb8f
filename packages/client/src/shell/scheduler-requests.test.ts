import { describe, expect, it } from '@jest/globals';
import { asAddress } from '@grid/common';
import { RpcError, type ConnectionPool } from '@grid/rpc';

import { ClientError } from '../errors.js';
import type { LateLink } from './late-link.js';
import { SchedulerRequests } from './scheduler-requests.js';

const ADDRESS = asAddress('tcp://127.0.0.1:8786');
const MESSAGE = { op: 'who-has', ids: [7] } as const;

/** Requests of a client whose control line is fine; lines for data cannot be opened in time so often. */
function requestsThrough(failures: readonly RpcError[]): { requests: SchedulerRequests; asked: string[] } {
  const asked: string[] = [];
  const left = [...failures];
  const link = {
    request: async () => {
      asked.push('control');
      return {};
    },
  } as unknown as LateLink;
  const pool = {
    request: async () => {
      asked.push('data');
      const failure = left.shift();
      if (failure !== undefined) throw failure;
      return { op: 'who-has-reply' };
    },
  } as unknown as ConnectionPool;
  return { requests: new SchedulerRequests(link, { pool, address: ADDRESS, assertOpen: () => {} }), asked };
}

function tooSlowToOpen(): RpcError {
  return new RpcError('GRID_RPC_TIMEOUT', 'no link within 1000 ms', {
    details: { address: ADDRESS, deadlineMs: 1000 },
  });
}

describe('what is asked on a line for data', () => {
  it('is asked again if that line cannot be opened in time, as behind a scheduler that stood still', async () => {
    const { requests, asked } = requestsThrough([tooSlowToOpen(), tooSlowToOpen()]);
    await expect(requests.bulkRequest(MESSAGE)).resolves.toEqual({ op: 'who-has-reply' });
    expect(asked).toEqual(['data', 'control', 'data', 'control', 'data']);
  });

  it('is given up with the reason if no such line can be opened', async () => {
    const { requests, asked } = requestsThrough(Array.from({ length: 9 }, tooSlowToOpen));
    await expect(requests.bulkRequest(MESSAGE)).rejects.toMatchObject({ code: 'GRID_CLIENT_UNREACHABLE' });
    expect(asked.filter((line) => line === 'data')).toHaveLength(4);
  });

  it('is not asked again if its answer does not come in time: that says nothing about the line', async () => {
    const late = new RpcError('GRID_RPC_TIMEOUT', 'no answer within 300000 ms', { details: { timeoutMs: 300_000 } });
    const { requests, asked } = requestsThrough([late]);
    await expect(requests.bulkRequest(MESSAGE)).rejects.toBe(late);
    expect(asked).toEqual(['data']);
  });
});

function requestsOver(fail: () => Error, assertOpen = (): void => {}): SchedulerRequests {
  const link = { request: () => Promise.reject(fail()) } as unknown as LateLink;
  return new SchedulerRequests(link, { pool: {} as ConnectionPool, address: ADDRESS, assertOpen });
}

describe('a question to the scheduler', () => {
  it('that is not answered in time says that the scheduler is silent, and what it was asked', async () => {
    const requests = requestsOver(() => new RpcError('GRID_RPC_TIMEOUT', 'no answer'));
    await expect(requests.request({ op: 'scheduler-info' })).rejects.toMatchObject({
      code: 'GRID_CLIENT_SCHEDULER_SILENT',
      details: { address: ADDRESS, op: 'scheduler-info', timeoutMs: 30_000 },
    });
  });

  it('whose line ends says what the client knows of that', async () => {
    const lost = new ClientError('GRID_CLIENT_SCHEDULER_LOST', 'it is gone');
    const requests = requestsOver(
      () => new RpcError('GRID_RPC_CLOSED', 'closed'),
      () => {
        throw lost;
      },
    );
    await expect(requests.request({ op: 'scheduler-info' })).rejects.toBe(lost);
  });
});
