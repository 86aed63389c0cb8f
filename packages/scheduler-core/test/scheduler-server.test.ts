import { asAddress, nullLogger, systemClock } from '@grid/common';
import { InprocTransport, Transports } from '@grid/comm';
import { NumberedTexts, textColumn, type MessageWith } from '@grid/protocol';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { SchedulerServer } from '../src/shell/scheduler-server.js';
import { FAILURE } from './support/test-scheduler.js';
import { DEFAULT_SUBMIT_OPTIONS, FakeClient, FakeWorker, type Place } from './support/fake-peers.js';

/** Milliseconds for an answer. */
const LIMIT = { timeoutMs: 5000 };
const TOKEN = 'token-of-the-cluster-0123456789';

describe('SchedulerServer', () => {
  let server: SchedulerServer;
  let place: Place;

  beforeEach(async () => {
    const transports = new Transports([new InprocTransport()]);
    server = new SchedulerServer(
      { token: TOKEN, validate: true },
      { transports, logger: nullLogger, clock: systemClock },
    );
    const [address] = await server.start([asAddress('inproc://')]);
    place = { transports, address: address ?? asAddress('inproc://'), token: TOKEN };
  });

  afterEach(() => server.close());

  it('brings a task to a worker and its small result to the client', async () => {
    const client = await FakeClient.connect(place);
    const worker = await FakeWorker.connect(place, 'a');
    client.submit([['x', []]]);
    const tasks = await worker.tasks();
    expect(tasks.keys.at(0)).toBe('x');
    expect(tasks.functions).toEqual([
      { id: 0, hash: 'hash', name: 'f', payload: { body: new Uint8Array([7]), buffers: [] }, units: [] },
    ]);
    expect([...tasks.args.block]).toEqual([0]);
    expect([...Array.from(tasks.flags)]).toEqual([1]);
    worker.finish(tasks, [1, 2, 3]);
    const news = await client.ears.next('keys-in-memory');
    expect(Array.from(news.ids)).toEqual([0]);
    expect(news.types).toEqual([{ id: news.typeIds[0], name: 'number' }]);
    expect([...(news.results?.block ?? [])]).toEqual([1, 2, 3]);
  });

  it('sends code to each worker once, to one that joins later too, and frees it with its last function', async () => {
    const client = await FakeClient.connect(place);
    const worker = await FakeWorker.connect(place, 'a');
    const fn = (id: number): MessageWith<'update-graph'>['functions'][number] => ({
      id,
      hash: `f${String(id)}`,
      name: 'f',
      payload: { body: new Uint8Array([id]), buffers: [] },
      units: ['u'],
    });
    const unit = { hash: 'u', body: new Uint8Array([42]) };
    const on = (address: string): Partial<MessageWith<'update-graph'>> => ({
      options: { ...DEFAULT_SUBMIT_OPTIONS, workers: [address] },
    });
    client.submit([['x', []]], { functions: [fn(0)], units: [unit], ...on('a') });
    const first = await worker.tasks();
    expect([first.functions.length, first.units]).toEqual([1, [unit]]);
    worker.finish(first);
    client.submit([['y', []]], { functions: [fn(1)], functionIds: [1], ...on('a') });
    const second = await worker.tasks();
    expect([second.functions.length, second.units]).toEqual([1, []]);
    worker.finish(second);

    const late = await FakeWorker.connect(place, 'late');
    client.submit([['z', []]], { functions: [], functionIds: [1], ...on('late') });
    const third = await late.tasks();
    expect([third.functions.map(({ hash }) => hash), third.units]).toEqual([['f1'], [unit]]);
    late.finish(third);

    client.link.send({ op: 'release-functions', functionIds: [0] });
    client.link.send({ op: 'release-keys', ids: [0, 1, 2] });
    expect(await worker.ears.next('free-functions')).toMatchObject({ unitHashes: [] });
    client.link.send({ op: 'release-functions', functionIds: [1, 7] });
    expect(await worker.ears.next('free-functions')).toMatchObject({ unitHashes: ['u'] });
    expect(await late.ears.next('free-functions')).toMatchObject({ unitHashes: ['u'] });
    client.submit([['w', []]], { functions: [], functionIds: [1] });
    expect((await client.ears.next('graph-refused')).code).toBe('GRID_SCHEDULER_BAD_GRAPH');
  });

  it('names holders of dependencies, and introduces each function and worker once', async () => {
    const client = await FakeClient.connect(place);
    const worker = await FakeWorker.connect(place, 'a');
    client.submit([
      ['x', []],
      ['y', [0]],
    ]);
    worker.finish(await worker.tasks());
    const next = await worker.tasks();
    expect(next.keys.at(0)).toBe('y');
    expect(next.functions).toEqual([]);
    expect(next.workers).toEqual([{ id: worker.id, address: 'tcp://127.0.0.1:20001' }]);
    expect(next.dependencies).toMatchObject({
      ends: [1],
      ids: [0],
      sizes: [8],
      holders: { ends: [1], ids: [worker.id] },
    });
    worker.finish(next);
    client.submit([['z', [1]]]);
    expect((await worker.tasks()).workers).toEqual([]);
  });

  it('gives what a lost worker was doing to another one', async () => {
    const client = await FakeClient.connect(place);
    const worker = await FakeWorker.connect(place, 'a');
    client.submit([['x', []]]);
    await worker.tasks();
    worker.link.abort('killed');
    const other = await FakeWorker.connect(place, 'bb');
    other.finish(await other.tasks());
    expect(Array.from((await client.ears.next('keys-in-memory')).ids)).toEqual([0]);
  });

  it('tells the error of a task to all who need it, with whom to blame', async () => {
    const client = await FakeClient.connect(place);
    const worker = await FakeWorker.connect(place, 'a');
    client.submit([
      ['x', []],
      ['y', [0]],
      ['z', [1]],
    ]);
    const tasks = await worker.tasks();
    worker.link.send({
      op: 'task-erred',
      taskId: tasks.taskIds[0] ?? 0,
      runId: tasks.runIds[0] ?? 0,
      start: 0,
      duration: 1,
      failure: FAILURE,
    });
    const news = await client.ears.next('keys-erred');
    expect(news).toMatchObject({ ids: [0, 1, 2], blame: 'x', worker: 'tcp://127.0.0.1:20001', failure: FAILURE });
  });

  it('refuses a graph with a cycle, and keeps nothing of it', async () => {
    const client = await FakeClient.connect(place);
    client.submit([
      ['a', [2]],
      ['b', [0]],
      ['c', [1]],
      ['d', []],
    ]);
    const news = await client.ears.next('graph-refused');
    expect(news).toMatchObject({
      graphId: 0,
      ids: [0, 1, 2, 3],
      code: 'GRID_SCHEDULER_CYCLIC_GRAPH',
      details: { keys: ['a', 'c', 'b', 'a'] },
    });
    expect(server.state.tasks.size).toBe(0);
  });

  it.each([
    ['a function that was not introduced', { functionIds: [5] }],
    ['arguments that are cut off', { args: { block: new Uint8Array(), ends: [9], buffers: [] } }],
    ['columns of different lengths', { keys: textColumn(['a', 'b']) }],
    ['a wanted row that is not there', { wanted: [7] }],
  ])('refuses a graph with %s', async (_, change) => {
    const client = await FakeClient.connect(place);
    client.submit([['a', []]], change);
    expect((await client.ears.next('graph-refused')).code).toBe('GRID_SCHEDULER_BAD_GRAPH');
  });

  it('takes a long graph in slices, and what is said meanwhile after it', async () => {
    const client = await FakeClient.connect(place);
    const rows = 50_000;
    const ends = Array.from({ length: rows }, (_, row) => row);
    client.submit([], {
      keys: new NumberedTexts('x-', 0, rows),
      functionIds: new Array<number>(rows).fill(0),
      args: { block: new Uint8Array(), ends: new Array<number>(rows).fill(0), buffers: [] },
      // Row n needs row n - 1; the client wants the last one only.
      dependencies: { ends, ids: ends.slice(0, -1) },
      wanted: [rows - 1],
    });
    client.link.send({ op: 'release-keys', ids: [] });
    const reply = await client.link.request({ op: 'task-states', ids: [rows - 1, 0] }, { timeoutMs: 10_000 });
    expect(reply.states).toEqual(['waiting', 'unknown']);
    expect(server.state.tasks.size).toBe(rows);
    client.link.send({ op: 'release-keys', ids: [rows - 1] });
    await client.link.request({ op: 'scheduler-info' }, { timeoutMs: 10_000 });
    expect(server.state.tasks.size).toBe(0);
  }, 30_000);

  it('refuses a second worker of the same name', async () => {
    await FakeWorker.connect(place, 'a');
    await expect(FakeWorker.connect(place, 'a', 'tcp://127.0.0.1:1')).rejects.toMatchObject({
      code: 'GRID_SCHEDULER_NAME_TAKEN',
    });
  });

  it('takes a worker that comes back at the same address for another one', async () => {
    const first = await FakeWorker.connect(place, 'a');
    const second = await FakeWorker.connect(place, 'a');
    await first.ears.closed();
    expect(server.state.workers.map(({ id }) => id)).toEqual([second.id]);
  });

  it('answers where results lie, row by row as asked', async () => {
    const client = await FakeClient.connect(place);
    const worker = await FakeWorker.connect(place, 'a');
    client.submit([
      ['x', []],
      ['y', [0]],
    ]);
    worker.finish(await worker.tasks());
    await client.ears.next('keys-in-memory');
    const { holders } = await client.link.request({ op: 'who-has', ids: [9, 1, 0] }, { timeoutMs: 1000 });
    expect([0, 1, 2].map((row) => holders.keys.at(row))).toEqual(['', 'y', 'x']);
    expect(Array.from(holders.holders.ends)).toEqual([0, 0, 1]);
    expect(holders.workers).toEqual([{ id: worker.id, address: 'tcp://127.0.0.1:20001' }]);
  });

  it('plans scattered data, and has it in memory when a worker says so', async () => {
    const client = await FakeClient.connect(place);
    const plan = {
      op: 'plan-scatter',
      ids: [0],
      keys: textColumn(['d']),
      sizes: [64],
      workers: [],
    } as const;
    await expect(client.link.request(plan, { timeoutMs: 1000 })).rejects.toMatchObject({
      code: 'GRID_SCHEDULER_NO_WORKERS',
    });
    const worker = await FakeWorker.connect(place, 'a');
    const { holders } = await client.link.request(plan, { timeoutMs: 1000 });
    expect(holders.workers).toHaveLength(1);
    worker.link.send({ op: 'add-keys', taskIds: holders.taskIds, sizes: [64] });
    expect(Array.from((await client.ears.next('keys-in-memory')).ids)).toEqual([0]);
  });

  it('cancels for a client what cannot be had any more', async () => {
    const client = await FakeClient.connect(place);
    client.link.send({ op: 'desire-keys', ids: [0], keys: textColumn(['nobody']) });
    expect(await client.ears.next('keys-cancelled')).toMatchObject({ ids: [0], reason: 'unknown-key' });
  });

  it('waits for workers, and gives the wait up with its client', async () => {
    const client = await FakeClient.connect(place);
    const waiting = client.link.request({ op: 'wait-for-workers', count: 1 }, { timeoutMs: 5000 });
    await FakeWorker.connect(place, 'a');
    expect((await waiting).count).toBe(1);
  });

  it('lets functions go when neither a task nor a client can refer to them', async () => {
    const client = await FakeClient.connect(place);
    const worker = await FakeWorker.connect(place, 'a');
    client.submit([['x', []]]);
    worker.finish(await worker.tasks());
    await client.ears.next('keys-in-memory');
    await client.link.close();
    expect(Array.from((await worker.ears.next('free-functions')).functionIds)).toEqual([0]);
    expect([server.functions.size, server.state.tasks.size]).toEqual([0, 0]);
  });

  it('asks workers to run a function, and tells what each made of it', async () => {
    const client = await FakeClient.connect(place);
    const worker = await FakeWorker.connect(place, 'a');
    const value = { body: new Uint8Array([9]), buffers: [] };
    worker.ears.onRequest = async () => ({
      op: 'run-function-reply',
      outcomes: [{ worker: '', value, failure: null }],
    });
    const fn = { id: 0, hash: 'h', name: 'f', payload: value, units: [] };
    const reply = await client.link.request(
      { op: 'run-function', function: fn, args: value, workers: [], units: [], nanny: null },
      { timeoutMs: 1000 },
    );
    expect(reply.outcomes).toEqual([{ worker: 'tcp://127.0.0.1:20001', value, failure: null }]);
  });

  it('tells the story of a task, with the steps that workers saw', async () => {
    const client = await FakeClient.connect(place);
    const worker = await FakeWorker.connect(place, 'a');
    worker.ears.onRequest = async () => ({
      op: 'story-reply',
      rows: [{ server: 'w', key: 'x', from: 'ready', to: 'executing', stimulusId: 'compute-1', at: 0 }],
    });
    client.submit([['x', []]]);
    await worker.tasks();
    const { rows } = await client.link.request({ op: 'story', keys: ['x'] }, { timeoutMs: 1000 });
    expect(rows.map(({ server: where, from, to }) => [where, from, to])).toEqual([
      ['w', 'ready', 'executing'],
      ['scheduler', 'released', 'waiting'],
      ['scheduler', 'waiting', 'processing'],
    ]);
    expect(rows[1]?.stimulusId).toMatch(/^update-graph-\d+$/);
  });

  it('answers a heartbeat of a worker that it does not know with: missing', async () => {
    const worker = await FakeWorker.connect(place, 'a');
    await worker.link.request({ op: 'unregister-worker', reason: 'stopped', expected: true }, { timeoutMs: 1000 });
    const reply = await worker.link.request({ op: 'heartbeat', now: 0, metrics: {} }, { timeoutMs: 1000 });
    expect(reply.status).toBe('missing');
  });

  it('survives peers that say nonsense: only their line ends', async () => {
    const client = await FakeClient.connect(place);
    const worker = await FakeWorker.connect(place, 'a');
    worker.link.send({ op: 'missing-data', taskId: 99, workerId: 98 });
    worker.link.send({ op: 'add-keys', taskIds: [77], sizes: [1] });
    worker.link.send({ op: 'release-worker-data', taskIds: [55] });
    worker.link.send({ op: 'request-refresh-who-has', taskIds: [1e15] });
    worker.link.send({ op: 'long-running', taskId: 3, runId: 4, duration: 1 });
    expect(Array.from((await worker.ears.next('free-keys')).taskIds)).toEqual([77, 1e15]);
    worker.link.send({ op: 'release-keys', ids: [1] });
    await worker.ears.closed();
    client.link.send({ op: 'retry-keys', ids: [1e15, 5] });
    expect((await client.link.request({ op: 'scheduler-info' }, { timeoutMs: 1000 })).info['workers']).toEqual({});
  });

  it('ends the line of a client whose numbers would fill the memory', async () => {
    const client = await FakeClient.connect(place);
    client.link.send({ op: 'desire-keys', ids: [2 ** 50], keys: textColumn(['a']) });
    await client.ears.closed();
    expect(server.state.clients.size).toBe(0);
  });

  it('tells everybody when it closes', async () => {
    const client = await FakeClient.connect(place);
    const worker = await FakeWorker.connect(place, 'a');
    await server.close();
    await client.ears.next('scheduler-closing');
    await worker.ears.next('close-worker');
    await Promise.all([client.ears.closed(), worker.ears.closed()]);
  });

  it('says nothing on lines that are for replies only', async () => {
    const bulk = await FakeClient.connectBulk(place);
    await server.close();
    await bulk.ears.closed();
    expect(bulk.ears.heard).toEqual([]);
  });
});

it('a scheduler may listen at several addresses at once', async () => {
  const transports = new Transports([new InprocTransport()]);
  await using server = new SchedulerServer({ token: TOKEN }, { transports, logger: nullLogger, clock: systemClock });
  const addresses = await server.start([asAddress('inproc://one'), asAddress('inproc://two')]);
  const [one, two] = addresses.map((address) => ({ transports, address, token: TOKEN })) as [Place, Place];
  const worker = await FakeWorker.connect(one, 'a');
  const client = await FakeClient.connect(two);
  client.submit([['x', []]]);
  expect((await worker.tasks()).keys.at(0)).toBe('x');
});

describe('a scheduler that blocks requests', () => {
  const parts = { transports: new Transports([new InprocTransport()]), logger: nullLogger, clock: systemClock };

  it('refuses them by name, and answers all others', async () => {
    await using server = new SchedulerServer({ token: TOKEN, blockedRequests: ['restart', 'scheduler-info'] }, parts);
    const [address = asAddress('')] = await server.start([asAddress('inproc://')]);
    const client = await FakeClient.connect({ transports: parts.transports, address, token: TOKEN });
    await expect(client.link.request({ op: 'scheduler-info' }, LIMIT)).rejects.toMatchObject({
      code: 'GRID_SCHEDULER_REQUEST_BLOCKED',
    });
    await expect(client.link.request({ op: 'story', keys: ['x'] }, LIMIT)).resolves.toMatchObject({
      op: 'story-reply',
    });
  });

  it('does not start with a word that is no request', () => {
    expect(() => new SchedulerServer({ token: TOKEN, blockedRequests: ['run_function'] }, parts)).toThrow(
      expect.objectContaining({ code: 'GRID_SCHEDULER_BAD_OPTION' }),
    );
  });
});
