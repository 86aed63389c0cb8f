import { nullLogger } from '@grid/common';
import { textColumn } from '@grid/protocol';
import { RpcError, type ConnectionPool } from '@grid/rpc';
import { describe, expect, it } from '@jest/globals';

import type { FutureRecord } from '../core/future-record.js';
import { ResultFetcher } from './result-fetcher.js';
import type { SchedulerRequests } from './scheduler-requests.js';

const WORKER = 'tcp://worker:1';
const VALUES = { taskIds: [7], keys: textColumn(['x']), payloads: [{ body: new Uint8Array([1]), buffers: [] }] };
const RECORD = { id: 3 } as FutureRecord;

/** A fetcher of one result, which one worker holds; `asked` is who was asked for it, in order. */
function createFetcher(answer: () => object): { readonly fetcher: ResultFetcher; readonly asked: string[] } {
  const asked: string[] = [];
  const requests = {
    request: () =>
      Promise.resolve({
        holders: {
          keys: textColumn(['x']),
          taskIds: [7],
          sizes: [1],
          holders: { ends: [1], ids: [0] },
          workers: [{ id: 0, address: WORKER }],
        },
      }),
    bulkRequest: () => {
      asked.push('scheduler');
      return Promise.resolve({ values: VALUES });
    },
  };
  const pool = {
    async request() {
      asked.push('worker');
      return Promise.resolve(answer());
    },
  };
  const fetcher = new ResultFetcher(
    requests as unknown as SchedulerRequests,
    pool as unknown as ConnectionPool,
    nullLogger,
  );
  return { fetcher, asked };
}

describe('fetching a result', () => {
  it('asks the worker again after a line to it broke once', async () => {
    let calls = 0;
    const { fetcher, asked } = createFetcher(() => {
      calls += 1;
      if (calls === 1) throw new RpcError('GRID_RPC_CLOSED', 'it broke');
      return { status: 'ok', values: VALUES };
    });
    expect((await fetcher.fetch([RECORD])).size).toBe(1);
    expect((await fetcher.fetch([RECORD])).size).toBe(1);
    expect(asked).toEqual(['worker', 'scheduler', 'worker']);
  });

  it('leaves a worker alone for a while that cannot be reached from here', async () => {
    const { fetcher, asked } = createFetcher(() => {
      throw new RpcError('GRID_RPC_TIMEOUT', 'nobody there', { details: { deadlineMs: 1 } });
    });
    await fetcher.fetch([RECORD]);
    await fetcher.fetch([RECORD]);
    expect(asked).toEqual(['worker', 'scheduler', 'scheduler']);
  });
});
