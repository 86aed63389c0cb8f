import { asAddress, nullLogger } from '@grid/common';
import { FakeClock } from '@grid/common/testing';
import { InprocTransport, Transports } from '@grid/comm';
import { decodeValue } from '@grid/protocol';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { ClusterEvents } from '../src/shell/events/cluster-events.js';
import { SchedulerServer } from '../src/shell/scheduler-server.js';
import { FakeClient, FakeWorker, type Place } from './support/fake-peers.js';
import { FAILURE } from './support/test-scheduler.js';

describe('what a cluster tells of itself', () => {
  const clock = new FakeClock(1000);
  let server: SchedulerServer;
  let place: Place;

  beforeEach(async () => {
    const transports = new Transports([new InprocTransport()]);
    server = new SchedulerServer(
      { token: null, validate: true, workStealingMs: null },
      { transports, logger: nullLogger, clock },
    );
    const [address] = await server.start([asAddress('inproc://')]);
    place = { transports, address: address ?? asAddress('inproc://'), token: null };
  });

  afterEach(() => server.close());

  const read = async (client: FakeClient, name: string): Promise<Record<string, unknown>[]> => {
    client.link.send({ op: 'read-topic', party: 0, call: (calls += 1), name });
    const { values } = await client.ears.next('call-answered');
    return values.map(({ payload }) => decodeValue(payload) as Record<string, unknown>);
  };
  let calls = 0;

  it('stands at the topics of what it is about, also after that has left', async () => {
    const client = await FakeClient.connect(place, 'one');
    const worker = await FakeWorker.connect(place, 'alice', 'tcp://127.0.0.1:9');
    client.submit([['x', []]]);
    await worker.tasks();
    worker.link.send({ op: 'worker-status-change', status: 'paused' });
    worker.link.send({ op: 'tell-event', action: 'disk', facts: { state: 'full', worker: 'somebody else' } });
    await worker.link.request({ op: 'heartbeat', now: 0, metrics: {} }, { timeoutMs: 5000 });
    worker.link.abort('killed');
    await client.link.request({ op: 'scheduler-info' }, { timeoutMs: 5000 });
    const events = await read(client, 'tcp://127.0.0.1:9');
    expect(events.map(({ action }) => action)).toEqual(['add-worker', 'worker-status', 'disk', 'remove-worker']);
    expect(events[2]).toMatchObject({ state: 'full', worker: 'tcp://127.0.0.1:9' });
    expect(events[3]).toMatchObject({ expected: false, processing: 1, processingKeys: ['x'], lost: 0 });
    const all = (await read(client, 'all')).map(({ action }) => action);
    expect(all).toEqual(['add-client', ...events.map(({ action }) => action)]);
    client.link.send({ op: 'list-topics', party: 0, call: (calls += 1) });
    expect((await client.ears.next('call-answered')).texts.toSorted()).toEqual(['all', 'one', 'tcp://127.0.0.1:9']);
  });

  it('tells what went with a worker that has left', async () => {
    const client = await FakeClient.connect(place, 'one');
    const worker = await FakeWorker.connect(place, 'alice', 'tcp://127.0.0.1:9');
    client.submit([['x', []]]);
    worker.finish(await worker.tasks());
    await client.ears.next('keys-in-memory');
    worker.link.abort('killed');
    await client.ears.next('keys-lost');
    expect((await read(client, 'all')).at(-1)).toMatchObject({ lost: 1, lostKeys: ['x'], lostData: 0 });
  });

  it('tells of each run that failed, to those who listen as well', async () => {
    const client = await FakeClient.connect(place, 'one');
    const worker = await FakeWorker.connect(place, 'alice');
    client.link.send({ op: 'subscribe-topic', party: 0, call: (calls += 1), name: 'errors' });
    await client.ears.next('call-answered');
    client.submit([['x', []]]);
    const { taskIds, runIds } = await worker.tasks();
    const [taskId = -1] = Array.from(taskIds);
    const [runId = -1] = Array.from(runIds);
    worker.link.send({ op: 'task-erred', taskId, runId, start: 5, duration: 7, failure: FAILURE });
    const { payload } = await client.ears.next('topic-message');
    const told = { action: 'task-erred', key: 'x', name: 'Error', message: 'boom', duration: 7, retriesLeft: 0 };
    expect(decodeValue(payload)).toMatchObject(told);
    expect(await read(client, 'errors')).toEqual([decodeValue(payload)]);
  });

  it('is not kept for ever of those who have left, and not without bound of anybody', async () => {
    const { topics } = server.coordination.state;
    const events = new ClusterEvents(topics, () => 1);
    const before = topics.size;
    for (let n = 0; n < 500; n += 1) {
      events.tell([`worker ${String(n)}`], 'remove-worker', {});
      events.peerLeft(`worker ${String(n)}`);
    }
    expect(topics.size - before).toBe(200);
    events.peerCame('worker 499');
    for (let n = 0; n < 5000; n += 1) events.tell(['worker 499'], 'tick', { n });
    const client = await FakeClient.connect(place, 'one');
    const kept = await read(client, 'worker 499');
    expect([kept.length, kept.at(-1)]).toEqual([1000, { action: 'tick', n: 4999 }]);
  });
});
