import { asAddress, nullLogger } from '@grid/common';
import { FakeClock } from '@grid/common/testing';
import { InprocTransport, Transports } from '@grid/comm';
import { textColumn, type Message, type MessageWith } from '@grid/protocol';
import { RpcServer } from '@grid/rpc';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { SchedulerServer } from '../src/shell/scheduler-server.js';
import { FakeClient, FakeWorker, type Place } from './support/fake-peers.js';

const TIMEOUT = { timeoutMs: 5000 };
const payload = (byte: number): MessageWith<'get-data-reply'>['values']['payloads'][number] => ({
  body: new Uint8Array([byte]),
  buffers: [],
});

describe('a scheduler between clients and data', () => {
  const clock = new FakeClock(1000);
  const dataServers: RpcServer[] = [];
  let server: SchedulerServer;
  let place: Place;

  beforeEach(async () => {
    const transports = new Transports([new InprocTransport()]);
    server = new SchedulerServer(
      { token: null, validate: true, workerTtlMs: 10 },
      { transports, logger: nullLogger, clock },
    );
    const [address] = await server.start([asAddress('inproc://')]);
    place = { transports, address: address ?? asAddress('inproc://'), token: null };
  });

  afterEach(async () => {
    await server.close();
    await Promise.all(dataServers.splice(0).map((each) => each.close()));
  });

  /** A worker whose data listener answers as it is told. */
  async function workerWithData(name: string, answer: (message: Message) => Message): Promise<FakeWorker> {
    const data = new RpcServer(
      { token: null, local: { role: 'worker', instanceId: name, about: {} } },
      {
        transports: place.transports,
        logger: nullLogger,
        accept: () => ({ onMessage: () => {}, onRequest: async (message) => answer(message), onClosed: () => {} }),
      },
    );
    dataServers.push(data);
    return FakeWorker.connect(place, name, await data.listen(asAddress('inproc://')));
  }

  it('collects results for a client, asks busy workers again, and others for what one does not have', async () => {
    let askings = 0;
    const give = (values: readonly number[]): Message => ({
      op: 'get-data-reply',
      status: 'ok',
      values: {
        taskIds: values,
        keys: textColumn(values.map((id) => `k${String(id)}`)),
        payloads: values.map(payload),
      },
    });
    const forgetful = await workerWithData('forgetful', () => {
      askings += 1;
      return askings === 1 ? { ...(give([]) as MessageWith<'get-data-reply'>), status: 'busy' } : give([]);
    });
    const client = await FakeClient.connect(place);
    client.submit([
      ['x', []],
      ['y', []],
    ]);
    forgetful.finish(await forgetful.tasks());
    await client.ears.next('keys-in-memory');
    const honest = await workerWithData('honest', () => give([0]));
    honest.link.send({ op: 'add-keys', taskIds: [0], sizes: [8] });
    await honest.link.request({ op: 'heartbeat', now: 0, metrics: {} }, TIMEOUT);
    const reply = await client.link.request({ op: 'collect', taskIds: [0, 1, 99] }, TIMEOUT);
    expect([askings, Array.from(reply.values.taskIds)]).toEqual([2, [0]]);
    // What its holder does not have is lost, and computed again.
    expect(Array.from((await client.ears.next('keys-lost')).ids)).toEqual([1]);
  });

  it('relays data to workers, and to nobody else', async () => {
    const received: Message[] = [];
    const worker = await workerWithData('w', (message) => {
      received.push(message);
      return { op: 'put-data-reply' };
    });
    const client = await FakeClient.connect(place);
    const values = { taskIds: [0], keys: textColumn(['d']), payloads: [payload(1)] };
    const [known] = server.state.workers;
    await client.link.request({ op: 'relay-data', worker: known?.about.address ?? '', values }, TIMEOUT);
    expect(received.map(({ op }) => op)).toEqual(['put-data']);
    await expect(
      client.link.request({ op: 'relay-data', worker: 'tcp://10.0.0.1:22', values }, TIMEOUT),
    ).rejects.toMatchObject({ code: 'GRID_SCHEDULER_UNKNOWN_WORKER' });
    await worker.link.close();
  });

  it('gives up a worker that is silent for too long', async () => {
    const worker = await FakeWorker.connect(place, 'a');
    clock.advance(4000);
    await worker.link.request({ op: 'heartbeat', now: 0, metrics: {} }, TIMEOUT);
    clock.advance(4000);
    await worker.link.request({ op: 'heartbeat', now: 0, metrics: {} }, TIMEOUT);
    expect(server.state.workers).toHaveLength(1);
    clock.advance(6000);
    await worker.ears.closed();
    expect(server.state.workers).toHaveLength(0);
  });

  it('keeps nothing of a long graph of which a late slice is refused', async () => {
    const client = await FakeClient.connect(place);
    const rows = 45_000;
    const keys = Array.from({ length: rows }, (_, row) => `k-${String(row === rows - 1 ? 3 : row)}`);
    client.submit([], {
      keys: textColumn(keys),
      functionIds: new Array<number>(rows).fill(0),
      args: { block: new Uint8Array(), ends: new Array<number>(rows).fill(0), buffers: [] },
      dependencies: null,
    });
    const refused = await client.ears.next('graph-refused');
    expect([refused.code, refused.ids.length]).toEqual(['GRID_SCHEDULER_DUPLICATE_KEY', rows]);
    await client.link.request({ op: 'scheduler-info' }, TIMEOUT);
    expect([server.state.tasks.size, server.state.clients.size]).toEqual([0, 1]);
  }, 30_000);
});
