import { asAddress, nullLogger, systemClock } from '@grid/common';
import { InprocTransport, Transports } from '@grid/comm';
import { decodeError, type MessageWith } from '@grid/protocol';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { SchedulerServer } from '../src/shell/scheduler-server.js';
import { FakeClient, FakeNanny, FakeWorker, type Place } from './support/fake-peers.js';

describe('a scheduler whose workers have nannies', () => {
  let server: SchedulerServer;
  let place: Place;
  let client: FakeClient;

  beforeEach(async () => {
    const transports = new Transports([new InprocTransport()]);
    server = new SchedulerServer(
      { token: null, validate: true, policy: { allowedFailures: 0 } },
      { transports, logger: nullLogger, clock: systemClock },
    );
    const [address] = await server.start([asAddress('inproc://')]);
    place = { transports, address: address ?? asAddress('inproc://'), token: null };
    client = await FakeClient.connect(place);
  });

  afterEach(() => server.close());

  const connectWorker = (pid: number): Promise<FakeWorker> =>
    FakeWorker.connect(place, 'anna', 'tcp://127.0.0.1:1', { nanny: 'nanny-of-anna', pid });

  /** The error of the task that the client has submitted. */
  async function failure(): Promise<{ code: string; details: { evidence: object[] } }> {
    const { failure: part } = await client.ears.next('keys-erred');
    return decodeError(part.error) as { code: string; details: { evidence: object[] } };
  }

  it.each(['before', 'after'])('has the evidence that comes %s the line of a worker breaks', async (when) => {
    const nanny = await FakeNanny.connect(place, 'anna');
    const worker = await connectWorker(77);
    client.submit([['x', []]]);
    await worker.tasks();
    if (when === 'before') nanny.tell(77, { cause: 'memory', memory: 5000, log: ['oh'] });
    worker.link.abort('killed');
    if (when === 'after') nanny.tell(77, { cause: 'memory', memory: 5000, log: ['oh'] });
    const { code, details } = await failure();
    expect(code).toBe('GRID_SCHEDULER_KILLED_WORKER');
    expect(details.evidence).toMatchObject([{ exit: { cause: 'memory', memory: 5000, log: ['oh'] } }]);
  });

  it('runs a task again that was on a worker which only lost its line', async () => {
    const nanny = await FakeNanny.connect(place, 'anna');
    const worker = await connectWorker(77);
    client.submit([['x', []]]);
    await worker.tasks();
    worker.link.abort('the network broke');
    nanny.tell(77, { cause: 'scheduler-lost', code: 5, signal: '' });
    const next = await connectWorker(78);
    expect((await next.tasks()).keys.at(0)).toBe('x');
  });

  it('does not take the end of an earlier process for that of the present one', async () => {
    const nanny = await FakeNanny.connect(place, 'anna');
    nanny.tell(76, { cause: 'restarted' });
    const worker = await connectWorker(77);
    client.submit([['x', []]]);
    await worker.tasks();
    worker.link.abort('killed');
    expect((await failure()).details.evidence).toMatchObject([{ exit: null }]);
  });

  it('does not wait for a nanny that is gone', async () => {
    const nanny = await FakeNanny.connect(place, 'anna');
    const worker = await connectWorker(77);
    client.submit([['x', []]]);
    await worker.tasks();
    nanny.link.abort('killed');
    worker.link.abort('killed');
    expect((await failure()).details.evidence).toMatchObject([{ exit: null }]);
  });

  it('gives a worker up whose process has ended, though its line has not broken yet', async () => {
    const nanny = await FakeNanny.connect(place, 'anna');
    const worker = await connectWorker(77);
    nanny.tell(77, {});
    await worker.ears.closed();
    expect(server.state.workers).toHaveLength(0);
  });

  it('takes the next worker of a nanny for the end of the last one', async () => {
    await FakeNanny.connect(place, 'anna');
    const worker = await connectWorker(77);
    const next = await connectWorker(78);
    await worker.ears.closed();
    expect(server.state.workers.map(({ id }) => id)).toEqual([next.id]);
  });

  describe('that are to be started anew', () => {
    const restart = (change: Partial<MessageWith<'restart'>> = {}): Promise<MessageWith<'restart-reply'>> =>
      client.link.request(
        { op: 'restart', workers: [], cancelsAll: true, timeoutMs: 200, isAwaited: true, ...change },
        { timeoutMs: 5000 },
      );

    it('cancels all work, and answers when the next workers are there', async () => {
      const nanny = await FakeNanny.connect(place, 'anna');
      const worker = await connectWorker(77);
      client.submit([
        ['x', []],
        ['y', [0]],
      ]);
      await worker.tasks();
      nanny.ears.onRequest = async () => {
        await worker.link.request({ op: 'unregister-worker', reason: 'restart', expected: true }, { timeoutMs: 1000 });
        await connectWorker(78);
        return { op: 'restart-worker-reply', workerInstanceId: 'anna' };
      };
      const { outcomes } = await restart();
      expect(outcomes).toEqual([{ worker: 'tcp://127.0.0.1:1', outcome: 'restarted', problem: '' }]);
      const { ids, reason } = await client.ears.next('keys-cancelled');
      expect([Array.from(ids).sort(), reason]).toEqual([[0, 1], 'restarted']);
      expect([server.state.tasks.size, server.state.workers.length]).toEqual([0, 1]);
    });

    it('closes workers without a nanny, and says so', async () => {
      const worker = await FakeWorker.connect(place, 'b', 'tcp://127.0.0.1:2');
      const { outcomes } = await restart();
      expect(outcomes).toMatchObject([{ worker: 'tcp://127.0.0.1:2', outcome: 'closed' }]);
      await worker.ears.next('close-worker');
    });

    it('says which have not come back in time, and which cannot', async () => {
      const [slow, broken] = await Promise.all(['anna', 'berta'].map((name) => FakeNanny.connect(place, name)));
      await connectWorker(77);
      await FakeWorker.connect(place, 'berta', 'tcp://127.0.0.1:2', { nanny: 'nanny-of-berta', pid: 78 });
      if (slow !== undefined) slow.ears.onRequest = () => new Promise(() => {});
      if (broken !== undefined) broken.ears.onRequest = () => Promise.reject(new TypeError('closing'));
      const { outcomes } = await restart();
      expect(outcomes.map(({ outcome }) => outcome)).toEqual(['late', 'failed']);
    });

    it('leaves other workers and the work alone if it is told which ones to restart', async () => {
      const nanny = await FakeNanny.connect(place, 'anna');
      await connectWorker(77);
      const other = await FakeWorker.connect(place, 'b', 'tcp://127.0.0.1:2');
      client.submit([['x', []]]);
      nanny.ears.onRequest = async () => ({ op: 'restart-worker-reply', workerInstanceId: 'anna' });
      const { outcomes } = await restart({ workers: ['anna'], cancelsAll: false });
      expect(outcomes).toHaveLength(1);
      expect([server.state.tasks.size, other.ears.isClosed]).toEqual([1, false]);
    });

    it('does not wait if it is told not to', async () => {
      const nanny = await FakeNanny.connect(place, 'anna');
      await connectWorker(77);
      nanny.ears.onRequest = () => new Promise(() => {});
      expect((await restart({ isAwaited: false })).outcomes).toMatchObject([{ outcome: 'restarting' }]);
    });
  });
});
