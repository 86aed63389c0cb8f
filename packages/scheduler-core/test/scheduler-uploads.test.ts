import { asAddress, createDeferred, nullLogger } from '@grid/common';
import { FakeClock } from '@grid/common/testing';
import { InprocTransport, Transports } from '@grid/comm';
import { hashUpload, UPLOADS_FEATURE, type Message, type MessageWith, type Upload } from '@grid/protocol';
import { ConnectionPool } from '@grid/rpc';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { SchedulerServer } from '../src/shell/scheduler-server.js';
import { FakeClient, FakeWorker, type Place } from './support/fake-peers.js';

const TIMEOUT = { timeoutMs: 5000 };
const TAKEN: Message = { op: 'take-upload-reply' };

function upload(name: string, text: string, path = 'a.txt'): Upload {
  return { name, kind: 'directory', files: [{ path, bytes: Buffer.from(text) }] };
}

async function message(of: Upload): Promise<MessageWith<'upload'>> {
  return { op: 'upload', ...of, hash: await hashUpload(of) };
}

describe('a scheduler', () => {
  let server: SchedulerServer;
  let place: Place;
  let client: FakeClient;
  let pool: ConnectionPool;

  beforeEach(async () => {
    const transports = new Transports([new InprocTransport()]);
    server = new SchedulerServer(
      { token: null, validate: true, uploadBytesMax: 100 },
      { transports, logger: nullLogger, clock: new FakeClock(1000) },
    );
    const [address] = await server.start([asAddress('inproc://')]);
    place = { transports, address: address ?? asAddress('inproc://'), token: null };
    client = await FakeClient.connect(place);
    pool = new ConnectionPool(
      { token: null, local: { role: 'worker', instanceId: 'lines', about: {} } },
      { transports, logger: nullLogger },
    );
  });

  afterEach(async () => {
    await pool.close();
    await server.close();
  });

  /** A worker that notes what it is given, and takes it, unless told otherwise. */
  async function worker(
    name: string,
    take: (message: MessageWith<'take-upload'>) => Promise<Message> = async () => TAKEN,
  ): Promise<{ readonly peer: FakeWorker; readonly heard: string[] }> {
    const heard: string[] = [];
    const peer = await FakeWorker.connect(place, name, undefined, {
      features: [UPLOADS_FEATURE],
      onRequest: async (request) => {
        if (request.op !== 'take-upload') throw new TypeError(request.op);
        heard.push(`${request.op} ${request.name}`);
        return take(request);
      },
    });
    return { peer, heard };
  }

  async function send(of: Upload): Promise<MessageWith<'upload-reply'>> {
    return client.link.request(await message(of), TIMEOUT);
  }

  async function contentOf(of: Upload): Promise<string | null> {
    const { files } = await pool.request(place.address, { op: 'get-upload', hash: await hashUpload(of) }, TIMEOUT);
    return files === null ? null : files.map(({ path, bytes }) => `${path}=${Buffer.from(bytes).toString()}`).join();
  }

  it('gives an upload to the workers that are there, and its content to those that ask by its hash', async () => {
    const one = await worker('one');
    const two = await worker('worker two');
    const data = upload('data', 'x');
    expect(await send(data)).toEqual({ op: 'upload-reply', workers: 2, problems: [] });
    expect([one.heard, two.heard]).toEqual([['take-upload data'], ['take-upload data']]);
    expect(await contentOf(data)).toBe('a.txt=x');
    expect(await contentOf(upload('data', 'y'))).toBeNull();
    expect((await client.link.request({ op: 'scheduler-info' }, TIMEOUT)).info['uploads']).toEqual([
      expect.objectContaining({ name: 'data', kind: 'directory', nbytes: 1, files: 1 }),
    ]);
  });

  it('gives a worker that comes later all uploads before its first task', async () => {
    await send(upload('one', '1'));
    await send(upload('two', '2'));
    client.submit([['x', []]]);
    const order: string[] = [];
    const peer = await FakeWorker.connect(place, 'late', undefined, {
      features: [UPLOADS_FEATURE],
      onRequest: async (request) => {
        order.push(`${request.op} ${(request as MessageWith<'take-upload'>).name}`);
        return TAKEN;
      },
      onMessage: ({ op }) => order.push(op),
    });
    await peer.tasks();
    expect(order).toEqual(['take-upload one', 'take-upload two', 'compute-tasks']);
  });

  it('keeps what a name stood for until the workers that were told of it have it', async () => {
    const [first, second] = [upload('data', 'old'), upload('data', 'new')];
    const asked = createDeferred<void>();
    const answered = createDeferred<Message>();
    await worker('slow', ({ hash }) => {
      asked.resolve();
      return hash === firstHash ? answered.promise : Promise.resolve(TAKEN);
    });
    const firstHash = await hashUpload(first);
    const sending = send(first);
    await asked.promise;
    expect((await send(second)).workers).toBe(1);
    expect([await contentOf(first), await contentOf(second)]).toEqual(['a.txt=old', 'a.txt=new']);
    answered.resolve(TAKEN);
    await sending;
    expect([await contentOf(first), await contentOf(second)]).toEqual([null, 'a.txt=new']);
  });

  it('tells which workers do not have it; those that have left need it no more', async () => {
    await worker('good');
    await worker('a bad one', () => Promise.reject(new TypeError('disk full')));
    await FakeWorker.connect(place, 'an older one here');
    const leaving = await worker('leaving', () => new Promise(() => {}));
    const sending = send(upload('data', 'x'));
    leaving.peer.link.abort('gone');
    const { workers, problems } = await sending;
    expect(workers).toBe(1);
    expect(problems.map(({ problem }) => problem)).toEqual([
      expect.stringMatching(/take-upload/),
      expect.stringMatching(/knows no uploads/),
    ]);
  });

  it('sends workers of older versions nothing that they do not know', async () => {
    const older = await FakeWorker.connect(place, 'older');
    await send(upload('data', 'x'));
    await client.link.request({ op: 'remove-upload', name: 'data' }, TIMEOUT);
    client.submit([['x', []]]);
    await older.tasks();
    expect(older.ears.isClosed).toBe(false);
  });

  it('forgets what is removed, and has workers forget it', async () => {
    const { peer } = await worker('one');
    await send(upload('data', 'x'));
    const remove = { op: 'remove-upload', name: 'data' } as const;
    expect(await client.link.request(remove, TIMEOUT)).toMatchObject({ found: true });
    expect(await client.link.request(remove, TIMEOUT)).toMatchObject({ found: false });
    expect(await peer.ears.next('drop-upload')).toMatchObject({ name: 'data' });
    expect(await contentOf(upload('data', 'x'))).toBeNull();
  });

  it('keeps no more than its limit, and what it has if something does not fit', async () => {
    await send(upload('one', 'x'.repeat(60)));
    await expect(send(upload('two', 'x'.repeat(41)))).rejects.toMatchObject({ code: 'GRID_SCHEDULER_UPLOADS_FULL' });
    await send(upload('two', 'x'.repeat(40)));
    await expect(send(upload('two', 'x'.repeat(41)))).rejects.toMatchObject({ code: 'GRID_SCHEDULER_UPLOADS_FULL' });
    expect(await contentOf(upload('two', 'x'.repeat(40)))).not.toBeNull();
    await send(upload('one', 'y'));
    await send(upload('two', 'x'.repeat(99)));
  });

  it('takes no more than 500 names', async () => {
    for (let n = 0; n < 500; n += 1) server.uploads.put(upload(String(n), ''), String(n));
    await expect(send(upload('one more', ''))).rejects.toMatchObject({ code: 'GRID_SCHEDULER_UPLOADS_FULL' });
    await send(upload('7', ''));
  });

  it.each([
    ['a path that leads out', { ...upload('data', 'x', '../x') }, 'GRID_PROTOCOL_BAD_UPLOAD'],
    ['a name that leads out', upload('../data', 'x'), 'GRID_PROTOCOL_BAD_UPLOAD'],
    ['nothing in it', { ...upload('data', 'x'), files: [] }, 'GRID_PROTOCOL_BAD_UPLOAD'],
  ])('refuses %s', async (_, bad, code) => {
    await expect(send(bad)).rejects.toMatchObject({ code });
    expect(server.uploads.all).toEqual([]);
  });

  it('refuses what is not what its hash says', async () => {
    const wrong = { ...(await message(upload('data', 'x'))), hash: await hashUpload(upload('data', 'y')) };
    await expect(client.link.request(wrong, TIMEOUT)).rejects.toMatchObject({ code: 'GRID_SCHEDULER_BAD_REQUEST' });
  });
});
