import { asAddress, nullLogger } from '@grid/common';
import { SystemMonitor } from '@grid/common/machine';
import { FakeClock } from '@grid/common/testing';
import { InprocTransport, Transports } from '@grid/comm';
import { afterEach, describe, expect, it } from '@jest/globals';

import { SchedulerServer } from '../src/shell/scheduler-server.js';
import { FakeClient, FakeWorker } from './support/fake-peers.js';

describe('a scheduler over HTTP', () => {
  let server: SchedulerServer | undefined;

  afterEach(() => server?.close());

  it('says that it lives, who is there, and what it counts', async () => {
    const transports = new Transports([new InprocTransport()]);
    const clock = new FakeClock(1000);
    server = new SchedulerServer(
      { token: null, http: { host: '127.0.0.1', port: 0 } },
      { transports, logger: nullLogger, clock },
    );
    const [address] = await server.start([asAddress('inproc://')]);
    const place = { transports, address: address ?? asAddress('inproc://'), token: null };
    const worker = await FakeWorker.connect(place, 'a');
    const client = await FakeClient.connect(place);
    client.submit([['x', []]]);
    await worker.tasks();

    const get = async (path: string): Promise<string> => (await fetch(`${server?.httpUrl ?? ''}${path}`)).text();
    expect(await get('/health')).toBe('ok');
    const identity = JSON.parse(await get('/json/identity.json')) as Record<string, unknown>;
    expect(identity).toMatchObject({
      type: 'Scheduler',
      address,
      clients: ['client'],
      tasks: { processing: 1, memory: 0 },
      workers: { 'tcp://127.0.0.1:20001': { name: 'a', threads: 1, status: 'running', processing: 1 } },
    });
    const metrics = await get('/metrics');
    expect(metrics).toContain('grid_scheduler_clients 1');
    expect(metrics).toContain('grid_scheduler_workers{state="connected"} 1');
    expect(metrics).toContain('grid_scheduler_tasks{state="processing"} 1');
    expect(metrics).toContain('grid_scheduler_desired_workers 1');
    expect(metrics).toContain('process_cpu_seconds_total');
  });

  it('tells how its process has been doing', async () => {
    const monitor = new SystemMonitor(nullLogger, { intervalMs: 5 }).start();
    server = new SchedulerServer(
      { token: null, http: { host: '127.0.0.1', port: 0 } },
      { transports: new Transports([new InprocTransport()]), logger: nullLogger, clock: new FakeClock(1000), monitor },
    );
    await server.start([asAddress('inproc://')]);
    const read = async (path: string): Promise<unknown> => (await fetch(`${server?.httpUrl ?? ''}${path}`)).json();
    let samples: unknown = [];
    for (let tries = 0; tries < 1000 && (samples as []).length === 0; tries += 1)
      samples = await read('/json/system.json');
    monitor.stop();
    expect(samples).toContainEqual(expect.objectContaining({ cpu: expect.any(Number), memory: expect.any(Number) }));
    expect(await read('/json/identity.json')).toMatchObject({ system: { eventLoopMaxMs: expect.any(Number) } });
  });
});
