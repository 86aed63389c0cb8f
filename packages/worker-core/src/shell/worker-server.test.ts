import { asAddress, asBytes, createDeferred, nullLogger } from '@grid/common';
import { InprocTransport, TcpTransport, Transports } from '@grid/comm';
import { COMPUTE_FLAGS, decodeError, decodeValue, encodeValue, textColumn } from '@grid/protocol';
import { ConnectionPool, createInstanceId } from '@grid/rpc';
import { afterEach, describe, expect, it } from '@jest/globals';

import { inlineThreadStarter } from '../executor/inline-thread.js';
import { ThreadPoolExecutor } from '../executor/thread-pool-executor.js';
import type { WorkerOptions } from '../options.js';
import { allocateShared } from '../store/shared-bytes.js';
import { Needs } from '../testing/executor-harness.js';
import { functionPart, inlineResult, ScriptedScheduler } from '../testing/scripted-scheduler.js';
import { createTextCodeLoader } from '../testing/text-code-loader.js';
import { WorkerServer } from './worker-server.js';

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

type Scheme = 'inproc' | 'tcp';

function createTransports(): Transports {
  return new Transports([new InprocTransport(), new TcpTransport({ allocate: allocateShared })]);
}

async function startScheduler(scheme: Scheme, transports: Transports): Promise<ScriptedScheduler> {
  const scheduler = new ScriptedScheduler(transports);
  open.push(scheduler);
  await scheduler.listen(scheme === 'tcp' ? 'tcp://127.0.0.1:0' : 'inproc://scheduler');
  return scheduler;
}

function createWorker(
  scheduler: ScriptedScheduler,
  transports: Transports,
  options: Partial<WorkerOptions> = {},
): WorkerServer {
  const scheme = scheduler.address.startsWith('tcp') ? 'tcp' : 'inproc';
  const listenAddress = asAddress(
    scheme === 'tcp' ? 'tcp://127.0.0.1:0' : `inproc://worker-${createInstanceId('worker')}`,
  );
  const worker = new WorkerServer(
    {
      schedulerAddress: scheduler.address,
      listenAddress,
      threads: 1,
      memoryLimit: asBytes(0),
      token: null,
      validate: true,
      ...options,
    },
    {
      transports,
      logger: nullLogger,
      createExecutor: (poolOptions) =>
        new ThreadPoolExecutor(poolOptions, { startThread: inlineThreadStarter(() => createTextCodeLoader()) }),
    },
  );
  open.push(worker);
  return worker;
}

async function startPair(
  scheme: Scheme = 'inproc',
  options: Parameters<typeof createWorker>[2] = {},
): Promise<{ scheduler: ScriptedScheduler; worker: WorkerServer; transports: Transports }> {
  const transports = createTransports();
  const scheduler = await startScheduler(scheme, transports);
  const worker = createWorker(scheduler, transports, options);
  await worker.start();
  return { scheduler, worker, transports };
}

describe.each(['inproc', 'tcp'] as const)('a worker over %s', (scheme) => {
  it('runs a task and sends a small result along if somebody waits for it', async () => {
    const { scheduler } = await startPair(scheme);
    const [joined] = await scheduler.joined(1);
    if (joined === undefined) throw new TypeError('nobody joined');
    scheduler.compute(joined, [
      { taskId: 1, text: '(a, b) => a + b', args: [40, 2], runId: 9, flags: COMPUTE_FLAGS.sendResult },
      { taskId: 2, text: '(a, b) => a + b', args: ['x', 'y'] },
    ]);
    const first = await scheduler.told(joined, 'tasks-finished', 1);
    expect(inlineResult(first, 1)).toBe(42);
    expect(first.runIds[0]).toBe(9);
    const second = await scheduler.told(joined, 'tasks-finished', 2);
    expect(inlineResult(second, 2)).toBeUndefined();
  });

  it('fetches what a task needs from the worker that has it', async () => {
    const { scheduler, transports } = await startPair(scheme);
    await createWorker(scheduler, transports).start();
    const [a, b] = await scheduler.joined(2);
    if (a === undefined || b === undefined) throw new TypeError('two should have joined');
    scheduler.compute(a, [{ taskId: 1, text: '() => new Float64Array(100000).fill(3)' }]);
    await scheduler.told(a, 'tasks-finished', 1);
    scheduler.compute(b, [
      {
        taskId: 2,
        text: '(v) => v.reduce((sum, x) => sum + x, 0)',
        args: [new Needs(1)],
        holders: { 1: [a.workerId] },
        flags: COMPUTE_FLAGS.sendResult,
      },
    ]);
    expect(inlineResult(await scheduler.told(b, 'tasks-finished', 2), 2)).toBe(300_000);
    expect((await scheduler.told(b, 'add-keys', 1)).sizes[0]).toBeGreaterThan(800_000);
  });
});

describe('a worker', () => {
  it('reports what a task throws', async () => {
    const { scheduler } = await startPair();
    const [joined] = await scheduler.joined(1);
    if (joined === undefined) throw new TypeError('nobody joined');
    scheduler.compute(joined, [{ taskId: 1, text: '() => { throw new RangeError("too far") }', runId: 3 }]);
    const { failure, runId } = await scheduler.told(joined, 'task-erred', 1);
    expect(failure).toMatchObject({ name: 'RangeError', message: 'too far' });
    expect((decodeError(failure.error) as Error).message).toBe('too far');
    expect(runId).toBe(3);
  });

  it('tells times on the clock of the scheduler', async () => {
    const transports = createTransports();
    const scheduler = await startScheduler('inproc', transports);
    scheduler.clockAheadMs = 3_600_000;
    await createWorker(scheduler, transports).start();
    const [joined] = await scheduler.joined(1);
    if (joined === undefined) throw new TypeError('nobody joined');
    scheduler.compute(joined, [{ taskId: 1, text: '() => 1' }]);
    const { starts } = await scheduler.told(joined, 'tasks-finished', 1);
    expect((starts[0] as number) - Date.now()).toBeGreaterThan(3_500_000);
  });

  it('asks who has it when its hint leads nowhere, and goes on with the answer', async () => {
    const { scheduler, transports } = await startPair();
    await createWorker(scheduler, transports).start();
    const [a, b] = await scheduler.joined(2);
    if (a === undefined || b === undefined) throw new TypeError('two should have joined');
    scheduler.compute(b, [
      { taskId: 2, text: '(x) => x', args: [new Needs(1)], holders: { 1: [a.workerId] }, flags: 1 },
    ]);
    expect(await scheduler.told(b, 'missing-data', 1)).toMatchObject({ workerId: a.workerId });
    await scheduler.told(b, 'request-refresh-who-has', 1);
    scheduler.compute(a, [{ taskId: 1, text: '() => 5' }]);
    await scheduler.told(a, 'tasks-finished', 1);
    b.link.send({
      op: 'refresh-who-has',
      workers: [],
      taskIds: [1],
      holders: { ends: [1], ids: [a.workerId] },
      stimulusId: 4,
    });
    expect(inlineResult(await scheduler.told(b, 'tasks-finished', 2), 2)).toBe(5);
  });

  it('takes data that is put here and hands it to whoever asks', async () => {
    const { scheduler, worker, transports } = await startPair('tcp');
    const local = { role: 'client', instanceId: createInstanceId('client'), about: {} } as const;
    const pool = new ConnectionPool({ token: null, local }, { transports });
    open.push(pool);
    const values = {
      taskIds: [5],
      keys: textColumn(['five']),
      payloads: [encodeValue({ big: new Uint8Array(50_000).fill(5) })],
    };
    await pool.request(worker.address, { op: 'put-data', values }, { timeoutMs: 5000 });
    const [joined] = await scheduler.joined(1);
    if (joined === undefined) throw new TypeError('nobody joined');
    await scheduler.told(joined, 'add-keys', 5);
    const reply = await pool.request(
      worker.address,
      { op: 'get-data', taskIds: [5, 6], requester: 'me' },
      { timeoutMs: 5000 },
    );
    expect(Array.from(reply.values.taskIds)).toEqual([5]);
    expect(decodeValue(reply.values.payloads[0] as never)).toEqual({ big: new Uint8Array(50_000).fill(5) });
    scheduler.free(joined, 5);
    const { rows } = await joined.link.request({ op: 'worker-story', keys: ['five'] }, { timeoutMs: 5000 });
    expect(rows.map(({ to }) => to)).toEqual(['memory', 'forgotten']);
  });

  it('runs functions outside of tasks, and says what they throw', async () => {
    const { scheduler, worker } = await startPair();
    const [joined] = await scheduler.joined(1);
    if (joined === undefined) throw new TypeError('nobody joined');
    const args = encodeValue([20]);
    const run = (text: string): ReturnType<typeof joined.link.request<'run-function'>> =>
      joined.link.request(
        { op: 'run-function', function: functionPart(0, text), args, workers: [], units: [], nanny: null },
        { timeoutMs: 5000 },
      );
    const good = await run('(x) => x + 1');
    expect(good.outcomes[0]?.worker).toBe(worker.address);
    expect(decodeValue(good.outcomes[0]?.value as never)).toBe(21);
    expect((await run('() => { throw new TypeError("no") }')).outcomes[0]?.failure).toMatchObject({ message: 'no' });
  });

  it('sends heartbeats, and closes when the scheduler does not know it any more', async () => {
    const { scheduler, worker } = await startPair();
    await scheduler.until(() => (scheduler.heartbeats > 1 ? true : undefined));
    scheduler.status = 'missing';
    expect((await worker.closed).code).toBe('GRID_WORKER_LOST_SCHEDULER');
  });

  it('closes gracefully once the scheduler has moved what it has, or cannot', async () => {
    const { scheduler, worker } = await startPair();
    const [joined] = await scheduler.joined(1);
    const asked: number[] = [];
    scheduler.onRetire = async (timeoutMs) => {
      asked.push(timeoutMs);
      expect(joined?.unregistered).toBeUndefined();
      return { op: 'retire-workers-reply', retired: [], kept: [{ worker: '', reason: 'nobody else is there' }] };
    };
    await worker.closeGracefully('its time is up', 5000);
    expect(asked).toEqual([5000]);
    expect(joined?.unregistered).toBe('its time is up');
    expect(await worker.closed).toEqual({ code: null, message: 'its time is up' });
  });

  it.each([0, 300])('closes when the scheduler is gone and there is no other within %i ms', async (ms) => {
    const { scheduler, worker } = await startPair('tcp', { reconnectTimeoutMs: ms });
    await scheduler.close();
    expect((await worker.closed).code).toBe('GRID_WORKER_LOST_SCHEDULER');
  });

  it('brings what it has to the scheduler that takes the place of the last one, and goes on', async () => {
    const { scheduler, worker, transports } = await startPair('tcp', { resources: { GPU: 1, SSD: 2 } });
    const [joined] = await scheduler.joined(1);
    if (joined === undefined) throw new TypeError('nobody joined');
    expect(joined.registration).toMatchObject({ resources: { GPU: 1, SSD: 2 } });
    joined.link.send({ op: 'set-worker-resources', resources: { GPU: 3 } });
    scheduler.compute(joined, [{ taskId: 1, text: '() => 20' }]);
    await scheduler.told(joined, 'tasks-finished', 1);
    await scheduler.close();
    const next = new ScriptedScheduler(transports);
    open.push(next);
    await next.listen(scheduler.address);
    const [back] = await next.joined(1);
    expect(back?.registration).toMatchObject({ instanceId: worker.instanceId, address: worker.address });
    expect(back?.registration).toMatchObject({ resources: { GPU: 3, SSD: 2 } });
    expect(back?.inventory).toMatchObject({ taskEnd: 2, types: [{ id: 0, name: 'number' }], marks: [0], taskIds: [1] });
    expect(back?.inventory?.keys.at(0)).toBe('task-1');
    // The number of a function may be that of another one now.
    next.compute(back as never, [
      { taskId: 5, text: '(x) => x + 1', args: [new Needs(1)], flags: COMPUTE_FLAGS.sendResult },
    ]);
    expect(inlineResult(await next.told(back as never, 'tasks-finished', 5), 5)).toBe(21);
  });

  it('closes when only its line broke, since the scheduler has given it up', async () => {
    const { scheduler, worker } = await startPair('tcp');
    const [joined] = await scheduler.joined(1);
    joined?.link.abort('a break');
    const { code, message } = await worker.closed;
    expect(code).toBe('GRID_WORKER_LOST_SCHEDULER');
    expect(message).toMatch('has given this worker up');
  });

  it('can be closed while it looks for another scheduler', async () => {
    const { scheduler, worker } = await startPair('tcp');
    await scheduler.close();
    await worker.close('enough');
    expect(await worker.closed).toEqual({ code: null, message: 'enough' });
  });

  it('tells the scheduler when it leaves in order', async () => {
    const { scheduler, worker } = await startPair();
    const [joined] = await scheduler.joined(1);
    await worker.close('enough');
    expect(joined?.unregistered).toBe('enough');
    expect(await worker.closed).toEqual({ code: null, message: 'enough' });
  });

  it('leaves when it is told to', async () => {
    const { scheduler, worker } = await startPair();
    const [joined] = await scheduler.joined(1);
    joined?.link.send({ op: 'close-worker', reason: 'scaled down' });
    expect(await worker.closed).toEqual({ code: null, message: 'scaled down' });
  });

  it('ends the line to a scheduler that talks nonsense', async () => {
    const { scheduler, worker } = await startPair();
    const [joined] = await scheduler.joined(1);
    const { link } = joined ?? {};
    link?.send({
      op: 'compute-tasks',
      functions: [],
      workers: [],
      taskIds: [1, 2],
      runIds: [1],
      stimulusIds: [1],
      functionIds: [1],
      priorities: [1],
      generations: [1],
      orders: [1],
      flags: [1],
      timeoutsMs: null,
      keys: textColumn(['a', 'b']),
      args: { block: new Uint8Array(0), ends: [0, 0], buffers: [] },
      dependencies: null,
      resources: null,
      units: [],
      spans: null,
    });
    expect((await worker.closed).code).toBe('GRID_WORKER_LOST_SCHEDULER');
  });

  it('says why it cannot join, within its time', async () => {
    const transports = createTransports();
    const scheduler = new ScriptedScheduler(transports, 'a'.repeat(43));
    open.push(scheduler);
    await scheduler.listen('tcp://127.0.0.1:0');
    const worker = createWorker(scheduler, transports, { connectTimeoutMs: 500, token: 'b'.repeat(43) });
    await expect(worker.start()).rejects.toMatchObject({
      code: 'GRID_WORKER_NO_SCHEDULER',
      details: { code: 'GRID_RPC_UNAUTHENTICATED' },
    });
  });

  it('stops looking for a scheduler when it is closed', async () => {
    const transports = createTransports();
    const dialled = createDeferred<void>();
    // It takes the line, and says nothing on it.
    const silent = await transports
      .for(asAddress('inproc://silent'))
      .listen(asAddress('inproc://silent'), () => dialled.resolve());
    open.push(silent);
    const worker = createWorker({ address: silent.contactAddress } as ScriptedScheduler, transports, {
      connectTimeoutMs: 3_600_000,
    });
    const started = worker.start();
    started.catch(() => {});
    await dialled.promise;
    await worker.close();
    await expect(started).rejects.toMatchObject({
      code: 'GRID_WORKER_NO_SCHEDULER',
      cause: { code: 'GRID_WORKER_CLOSED' },
    });
  });

  it('answers over HTTP', async () => {
    const transports = createTransports();
    const scheduler = await startScheduler('inproc', transports);
    const worker = createWorker(scheduler, transports, { http: { host: '127.0.0.1', port: 0 }, name: 'alice' });
    await worker.start();
    const get = async (path: string): Promise<string> => (await fetch(`${worker.httpUrl ?? ''}${path}`)).text();
    expect(await get('/health')).toBe('ok\n');
    expect(JSON.parse(await get('/json/identity.json'))).toMatchObject({ type: 'Worker', name: 'alice' });
    const metrics = await get('/metrics');
    expect(metrics).toContain('grid_worker_tasks{state="memory"} 0');
    expect(metrics).toContain('grid_worker_concurrent_fetch_requests 0');
  });

  it('tells over HTTP what it has fetched and given', async () => {
    const transports = createTransports();
    const scheduler = await startScheduler('inproc', transports);
    const http = { host: '127.0.0.1', port: 0 };
    const giver = createWorker(scheduler, transports, { http });
    const taker = createWorker(scheduler, transports, { http });
    await giver.start();
    await taker.start();
    const [a, b] = await scheduler.joined(2);
    if (a === undefined || b === undefined) throw new TypeError('two should have joined');
    scheduler.compute(a, [{ taskId: 1, text: '() => new Uint8Array(50000)' }]);
    await scheduler.told(a, 'tasks-finished', 1);
    scheduler.compute(b, [{ taskId: 2, text: '(v) => v.length', args: [new Needs(1)], holders: { 1: [a.workerId] } }]);
    await scheduler.told(b, 'tasks-finished', 2);
    const transfers = async ({ httpUrl }: WorkerServer): Promise<unknown> =>
      (await fetch(`${httpUrl ?? ''}/json/transfers.json`)).json();
    const bytes = expect.any(Number);
    expect(await transfers(taker)).toEqual({
      incoming: [{ at: bytes, peer: giver.address, count: 1, bytes, ms: expect.any(Number) }],
      outgoing: [],
    });
    expect(await transfers(giver)).toEqual({
      incoming: [],
      outgoing: [{ at: bytes, peer: taker.address, count: 1, bytes, ms: null }],
    });
  });
});
