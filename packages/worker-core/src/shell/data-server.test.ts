import { createDeferred } from '@grid/common';
import { encodeValue, textColumn, type MessageWith } from '@grid/protocol';
import { describe, expect, it } from '@jest/globals';

import { MemoryStore } from '../store/memory-store.js';
import { DataServer } from './data-server.js';

function createServer(
  transfers: number,
  joined = Promise.resolve(),
): { server: DataServer; store: MemoryStore; puts: unknown[]; given: number[] } {
  const store = new MemoryStore();
  const puts: unknown[] = [];
  const given: number[] = [];
  const server = new DataServer({
    store,
    joined,
    transfersMax: () => 2,
    countTransfers: () => transfers,
    onGiven: (_requester, _count, nbytes) => given.push(nbytes),
    onPut: (put) => puts.push(put),
  });
  store.put(1, 'small', encodeValue('x'));
  store.put(2, 'large', encodeValue(new Uint8Array(200_000)));
  return { server, store, puts, given };
}

async function getData(server: DataServer, ...taskIds: number[]): Promise<MessageWith<'get-data-reply'>> {
  return (await server.answer({ op: 'get-data', taskIds, requester: 'me' })) as MessageWith<'get-data-reply'>;
}

describe('DataServer', () => {
  it('tells how much it gives, and nothing where it sends somebody away', async () => {
    const { server, given } = createServer(0);
    await getData(server, 2);
    const busy = createServer(5);
    await getData(busy.server, 2);
    expect([given.length, busy.given]).toEqual([1, []]);
    expect(given[0]).toBeGreaterThan(200_000);
  });

  it('sends what is there and leaves out what is not', async () => {
    const { values, status } = await getData(createServer(0).server, 2, 7, 1);
    expect(status).toBe('ok');
    expect(Array.from(values.taskIds)).toEqual([2, 1]);
    expect(values.keys.at(1)).toBe('small');
  });

  it('puts off large answers while it sends to too many, and gives small ones all the same', async () => {
    const { server } = createServer(2);
    expect((await getData(server, 1, 2)).status).toBe('busy');
    expect((await getData(server, 1)).status).toBe('ok');
    expect((await getData(createServer(1).server, 2)).status).toBe('ok');
  });

  it('keeps what is put, and says so', async () => {
    const { server, store, puts } = createServer(0);
    const payload = encodeValue([1, 2]);
    await server.answer({ op: 'put-data', values: { taskIds: [5], keys: textColumn(['five']), payloads: [payload] } });
    expect(store.get(5)?.key).toBe('five');
    expect(puts).toEqual([{ taskIds: [5], keys: ['five'], sizes: [payload.body.length] }]);
  });

  it('keeps nothing that its scheduler would not hear of', async () => {
    const joined = createDeferred<void>();
    const { server, store, puts } = createServer(0, joined.promise);
    const values = { taskIds: [5], keys: textColumn(['five']), payloads: [encodeValue(1)] };
    const early = server.answer({ op: 'put-data', values });
    await Promise.resolve();
    expect([store.get(5), puts]).toEqual([undefined, []]);
    joined.resolve();
    await early;
    expect(puts).toHaveLength(1);
    const { server: refused } = createServer(0, Promise.reject(new TypeError('closed')));
    await expect(refused.answer({ op: 'put-data', values })).rejects.toThrow('closed');
  });

  it.each<MessageWith<'put-data'>['values']>([
    { taskIds: [5, 6], keys: textColumn(['five']), payloads: [encodeValue(1)] },
    { taskIds: [5], keys: textColumn([]), payloads: [encodeValue(1)] },
  ])('refuses columns that do not fit together', async (values) => {
    const { server } = createServer(0);
    await expect(server.answer({ op: 'put-data', values })).rejects.toMatchObject({ code: 'GRID_WORKER_BAD_MESSAGE' });
  });

  it('refuses what it does not understand', async () => {
    const { server } = createServer(0);
    await expect(server.answer({ op: 'scheduler-info' })).rejects.toMatchObject({ code: 'GRID_WORKER_BAD_MESSAGE' });
  });
});
