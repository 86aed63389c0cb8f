import { asAddress, nullLogger } from '@grid/common';
import { FakeClock } from '@grid/common/testing';
import { InprocTransport, Transports } from '@grid/comm';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { SchedulerServer } from '../src/shell/scheduler-server.js';
import { FakeClient, FakeWorker, type Place } from './support/fake-peers.js';

const LEASE_TIMEOUT_MS = 50;

describe('the coordination desk', () => {
  let server: SchedulerServer;
  let place: Place;
  let clock: FakeClock;

  beforeEach(async () => {
    const transports = new Transports([new InprocTransport()]);
    clock = new FakeClock();
    const options = { token: null, validate: true, leaseTimeoutMs: LEASE_TIMEOUT_MS };
    server = new SchedulerServer(options, { transports, logger: nullLogger, clock });
    const [address] = await server.start([asAddress('inproc://')]);
    place = { transports, address: address ?? asAddress('inproc://'), token: null };
  });

  afterEach(() => server.close());

  const acquire = (party: number, call: number) =>
    ({ op: 'acquire-lease', party, call, names: ['x'], count: 1, capacity: 1 }) as const;

  it('gives the leases of a client that is gone to the next', async () => {
    const one = await FakeClient.connect(place, 'one');
    const two = await FakeClient.connect(place, 'two');
    one.link.send(acquire(0, 1));
    await one.ears.next('call-answered');
    two.link.send(acquire(0, 1));
    one.link.abort('killed');
    expect(await two.ears.next('call-answered')).toMatchObject({ call: 1, texts: ['x'] });
    expect(server.coordination.size).toBe(1);
  });

  it('takes leases from a client that is silent, and tells it; one that says that it lives keeps them', async () => {
    const one = await FakeClient.connect(place, 'one');
    const two = await FakeClient.connect(place, 'two');
    one.link.send(acquire(0, 7));
    await one.ears.next('call-answered');
    two.link.send(acquire(0, 1));
    clock.advance(LEASE_TIMEOUT_MS);
    one.link.send({ op: 'renew-leases' });
    await one.link.request({ op: 'scheduler-info' }, { timeoutMs: 5000 });
    clock.advance(LEASE_TIMEOUT_MS);
    expect(server.coordination.state.leases.held('x')).toBe(1);
    clock.advance(1);
    expect(await one.ears.next('leases-lost')).toEqual({ op: 'leases-lost', party: 0, leases: [7] });
    expect(await two.ears.next('call-answered')).toMatchObject({ call: 1 });
  });

  it('ends what a task holds with the task, and keeps what other tasks of its worker hold', async () => {
    const worker = await FakeWorker.connect(place, 'w');
    for (const party of [1, 2, 3]) worker.link.send(acquire(party, 1));
    expect(await worker.ears.next('call-answered')).toMatchObject({ party: 1 });
    worker.link.send({ op: 'end-party', party: 2 });
    worker.link.send({ op: 'end-party', party: 1 });
    expect(await worker.ears.next('call-answered')).toMatchObject({ party: 3 });
    worker.link.abort('killed');
    const client = await FakeClient.connect(place);
    client.link.send(acquire(0, 1));
    await client.ears.next('call-answered');
    expect(server.coordination.size).toBe(1);
  });

  it('keeps results for values that refer to them, until they are taken and confirmed', async () => {
    const client = await FakeClient.connect(place);
    const worker = await FakeWorker.connect(place, 'w');
    client.submit([['k', []]]);
    worker.finish(await worker.tasks());
    await client.ears.next('keys-in-memory');
    const value = { payload: { body: new Uint8Array([0]), buffers: [] }, keys: ['k'] };
    client.link.send({ op: 'queue-put', party: 0, call: 1, name: 'q', capacity: 0, values: [value] });
    client.link.send({ op: 'release-keys', ids: [0] });
    client.link.send({ op: 'queue-get', party: 0, call: 2, name: 'q', capacity: 0, least: 1, most: 1 });
    await client.ears.next('call-answered');
    expect(await client.ears.next('call-answered')).toMatchObject({ call: 2, values: [{ keys: ['k'] }] });
    expect(server.state.keys.size).toBe(1);
    client.link.send({ op: 'confirm-answer', party: 0, call: 2 });
    await worker.ears.next('free-keys');
    expect([server.state.keys.size, server.coordination.holds.size]).toEqual([0, 0]);
  });
});
