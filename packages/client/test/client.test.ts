import { describe, expect, it } from '@jest/globals';
import { asKey } from '@grid/common';
import { GraphBuilder } from '@grid/graph';

import { Client, isFuture, taskErrorInfo } from '../src/index.js';
import {
  collectNothing,
  collectOne,
  FakeScheduler,
  keysOf,
  planOnOne,
  whoHasNothing,
} from './support/fake-scheduler.js';

const inc = (x: number): number => x + 1;
const add = (a: number, b: number): number => a + b;

describe('submit', () => {
  it('sends the tasks of one turn as one message, and their function once', async () => {
    const { scheduler, client } = await FakeScheduler.withClient();
    const a = client.submit(inc, [1]);
    const b = client.submit(inc, [2]);
    const sent = await scheduler.take('update-graph');
    expect(keysOf(sent)).toEqual([a.key, b.key]);
    expect(sent.functions).toHaveLength(1);
    client.submit(inc, [3]);
    expect((await scheduler.take('update-graph')).functions).toHaveLength(0);
    await client.close();
  });

  it('refers to futures in the arguments by their numbers, each once, and releases nothing before it was sent', async () => {
    const { scheduler, client } = await FakeScheduler.withClient();
    const one = client.submit(inc, [1]);
    client.submit((a: number, list: number[]) => a + list.length, [one, [one, one]]);
    one.release();
    const sent = await scheduler.take('update-graph');
    expect(
      sent.dependencies && { ends: Array.from(sent.dependencies.ends), ids: Array.from(sent.dependencies.ids) },
    ).toEqual({
      ends: [0, 1],
      ids: [0],
    });
    expect(Array.from((await scheduler.take('release-keys')).ids)).toEqual([0]);
    await client.close();
  });

  it('knows equal calls of a function by their key, and sends them once', async () => {
    const { scheduler, client } = await FakeScheduler.withClient();
    const a = client.submit(inc, [1]);
    const b = client.submit(inc, [1]);
    const other = client.submit(inc, [1], { pure: false });
    expect(b.key).toBe(a.key);
    expect(other.key).not.toBe(a.key);
    expect(keysOf(await scheduler.take('update-graph'))).toEqual([a.key, other.key]);
    await client.close();
  });

  it('keeps a result until the last future of its key is released', async () => {
    const { scheduler, client } = await FakeScheduler.withClient();
    const a = client.submit(inc, [1]);
    const b = client.submit(inc, [1]);
    await scheduler.take('update-graph');
    a.release();
    a.release();
    scheduler.finish([[0, 2]]);
    expect(await b.result()).toBe(2);
    expect(scheduler.received).toEqual([]);
    b.release();
    expect(Array.from((await scheduler.take('release-keys')).ids)).toEqual([0]);
    await client.close();
  });

  it('leaves no trace of a task whose argument cannot travel', async () => {
    const { scheduler, client } = await FakeScheduler.withClient();
    expect(() => client.submit((x) => x, [{ rows: [new WeakMap()] }])).toThrow(
      expect.objectContaining({ code: 'GRID_PROTOCOL_UNSERIALIZABLE', message: expect.stringContaining('rows') }),
    );
    const after = client.submit(inc, [1]);
    expect(keysOf(await scheduler.take('update-graph'))).toEqual([after.key]);
    scheduler.finish([[0, 2]]);
    expect(await after.result()).toBe(2);
    await client.close();
  });

  it('refuses options that make no sense, and names them', async () => {
    const { client } = await FakeScheduler.withClient();
    expect(() => client.submit(inc, [1], { retries: -1 })).toThrow(
      expect.objectContaining({ details: { option: 'retries' } }),
    );
    expect(() => client.submit(inc, [1], { allowOtherWorkers: true })).toThrow(
      expect.objectContaining({ details: { option: 'allowOtherWorkers' } }),
    );
    await client.close();
  });

  it('refuses futures of another client, and says where they belong', async () => {
    const { client } = await FakeScheduler.withClient();
    const { client: other } = await FakeScheduler.withClient();
    const foreign = other.submit(inc, [1]);
    expect(() => client.submit(inc, [foreign])).toThrow(
      expect.objectContaining({ code: 'GRID_CLIENT_FOREIGN_FUTURE' }),
    );
    await Promise.all([client.close(), other.close()]);
  });
});

describe('map', () => {
  it('makes the keys of an impure map from one prefix', async () => {
    const { scheduler, client } = await FakeScheduler.withClient();
    const futures = client.map(inc, [1, 2, 3], { pure: false });
    const sent = await scheduler.take('update-graph');
    expect(keysOf(sent)).toEqual(futures.map(({ key }) => key));
    expect(sent.functions).toHaveLength(1);
    scheduler.finish([
      [2, 4],
      [0, 2],
      [1, 3],
    ]);
    expect(await client.gather(futures)).toEqual([2, 3, 4]);
    await client.close();
  });

  it('shares tasks of a pure map with equal calls', async () => {
    const { client } = await FakeScheduler.withClient();
    const one = client.submit(inc, [1]);
    expect(client.map(inc, [1, 2])[0]?.key).toBe(one.key);
    await client.close();
  });

  it('sends nothing if one item cannot travel', async () => {
    const { scheduler, client } = await FakeScheduler.withClient();
    const items = [1, 2, new WeakMap()];
    for (const pure of [true, false]) {
      expect(() => client.map((x) => x, items, { pure })).toThrow(
        expect.objectContaining({ code: 'GRID_PROTOCOL_UNSERIALIZABLE' }),
      );
    }
    client.submit(inc, [1], { key: 'last' });
    const sent = await scheduler.take('update-graph');
    const released = scheduler.received.filter(({ op }) => op === 'release-keys').length;
    // What a pure map had written before it met the item is given up again.
    expect(keysOf(sent).at(-1) === 'last' || released > 0).toBe(true);
    await client.close();
  });
});

describe('results', () => {
  it('replaces futures wherever they stand, and keeps the shape', async () => {
    const { scheduler, client } = await FakeScheduler.withClient();
    const [a, b] = [client.submit(inc, [1]), client.submit(inc, [2])] as const;
    scheduler.finish([
      [0, 'A'],
      [1, 'B'],
    ]);
    const gathered = await client.gather({ list: [a, [b]], map: new Map([['x', a]]), set: new Set([b]), plain: 5 });
    expect(gathered).toEqual({ list: ['A', ['B']], map: new Map([['x', 'A']]), set: new Set(['B']), plain: 5 });
    await client.close();
  });

  it("gives a task's error as it was thrown, and tells which task threw it", async () => {
    const { scheduler, client } = await FakeScheduler.withClient();
    const future = client.submit(inc, [1]);
    scheduler.fail(0, Object.assign(new RangeError('boom'), { row: 7 }));
    const error = await future.result().then(null, (thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'RangeError', message: 'boom', row: 7 });
    expect(taskErrorInfo(error)).toEqual({ key: 'blamed-key', worker: 'tcp://w:1' });
    expect(await future.exception()).toMatchObject({ message: 'boom' });
    expect(future.status).toBe('error');
    await client.close();
  });

  it('wraps what a task threw that is not an error', async () => {
    const { scheduler, client } = await FakeScheduler.withClient();
    const future = client.submit(inc, [1]);
    scheduler.fail(0, null);
    await expect(future.result()).rejects.toMatchObject({ code: 'GRID_CLIENT_TASK_THREW', cause: null });
    await client.close();
  });

  it.each(['raise', 'skip'] as const)(
    'waits once more for a result that was lost before it was fetched (%s)',
    async (errors) => {
      const { scheduler, client } = await FakeScheduler.withClient();
      const futures = client.map(inc, [1, 2], { pure: false });
      scheduler.answer(() => ({ op: 'scheduler-info-reply', info: { workers: {}, tasks: {} } }));
      const gathered = client.gather(futures, { errors });
      // All in one turn, so that the gather finds one of them pending when the wait for both is over.
      scheduler.finish([[0, 2]]);
      scheduler.send({ op: 'keys-lost', ids: [0] });
      scheduler.finish([[1, 3]]);
      await client.schedulerInfo();
      scheduler.finish([[0, 2]]);
      expect(await gathered).toEqual([2, 3]);
      await client.close();
    },
  );

  it('leaves failed tasks out when told to skip them', async () => {
    const { scheduler, client } = await FakeScheduler.withClient();
    const futures = client.map(inc, [1, 2, 3], { pure: false });
    scheduler.fail(1, new RangeError('boom'));
    scheduler.finish([
      [0, 2],
      [2, 4],
    ]);
    expect(await client.gather(futures, { errors: 'skip' })).toEqual([2, 4]);
    await expect(client.gather(futures)).rejects.toMatchObject({ message: 'boom' });
    await client.close();
  });

  it('says what tasks wait for when a wait is over too soon', async () => {
    const { scheduler, client } = await FakeScheduler.withClient();
    scheduler.answer(() => ({ op: 'task-states-reply', states: ['no-worker'], workerCount: 0 }));
    const future = client.submit(inc, [1]);
    await expect(client.wait([future], { timeout: '20 ms' })).rejects.toMatchObject({
      code: 'GRID_CLIENT_TIMEOUT',
      message: expect.stringContaining('no workers are connected'),
    });
    expect(future.status).toBe('pending');
    await client.close();
  });

  it('waits for the first or for all', async () => {
    const { scheduler, client } = await FakeScheduler.withClient();
    const futures = client.map(inc, [1, 2], { pure: false });
    scheduler.finish([[1, 3]]);
    const { done, notDone } = await client.wait(futures, { returnWhen: 'FIRST_COMPLETED' });
    expect([done, notDone]).toEqual([[futures[1]], [futures[0]]]);
    await client.close();
  });

  it('gives futures as they are done, each as often as it was added, also those added meanwhile', async () => {
    const { scheduler, client } = await FakeScheduler.withClient();
    const [a, b] = client.map(inc, [1, 2], { pure: false });
    if (a === undefined || b === undefined) throw new TypeError('two futures were expected');
    const completed = client.asCompleted([a, b, a]);
    scheduler.finish([[1, 3]]);
    const order: number[] = [];
    for await (const future of completed) {
      order.push([a, b].indexOf(future));
      if (order.length === 1) {
        completed.add(b);
        scheduler.finish([[0, 2]]);
      }
    }
    expect(order[0]).toBe(1);
    expect(order.toSorted()).toEqual([0, 0, 1, 1]);
    await client.close();
  });
});

describe('giving up', () => {
  it('cancels futures at once, tells the scheduler, and waits for what it has to say about others', async () => {
    const { scheduler, client } = await FakeScheduler.withClient();
    const future = client.submit(inc, [1]);
    const dependent = client.submit(inc, [future]);
    const refused = expect(future.result()).rejects.toMatchObject({
      code: 'GRID_CLIENT_CANCELLED',
      message: expect.stringContaining('changed my mind'),
    });
    scheduler.answer(() => {
      scheduler.send({ op: 'keys-cancelled', ids: [1], reason: 'cancelled', message: '' });
      return { op: 'task-states-reply', states: [], workerCount: 0 };
    });
    const cancelled = client.cancel([future], { reason: 'changed my mind' });
    expect([future.status, dependent.status]).toEqual(['cancelled', 'pending']);
    await cancelled;
    expect(dependent.status).toBe('cancelled');
    await refused;
    expect(Array.from((await scheduler.take('cancel-keys')).ids)).toEqual([0]);
    await client.close();
  });

  it('cancels a task when its signal fires, and submits the key anew afterwards', async () => {
    const { scheduler, client } = await FakeScheduler.withClient();
    const controller = new AbortController();
    const future = client.submit(inc, [1], { signal: controller.signal });
    controller.abort();
    expect(future.status).toBe('cancelled');
    const again = client.submit(inc, [1]);
    expect(again.key).toBe(future.key);
    await scheduler.take('update-graph');
    expect(keysOf(await scheduler.take('update-graph'))).toEqual([again.key]);
    scheduler.finish([[1, 2]]);
    expect(await again.result()).toBe(2);
    await client.close();
  });

  it('rejects every pending future with a code when the scheduler vanishes, and keeps results that are at hand', async () => {
    const { scheduler, client } = await FakeScheduler.withClient();
    const [pending, finished] = client.map(inc, [1, 2], { pure: false });
    await scheduler.take('update-graph');
    scheduler.finish([[1, 3]]);
    await finished?.result();
    const waiting = pending?.result();
    scheduler.vanish();
    await expect(waiting).rejects.toMatchObject({ code: 'GRID_CLIENT_SCHEDULER_LOST' });
    expect(await finished?.result()).toBe(3);
    expect(client.status).toBe('lost');
    expect(() => client.submit(inc, [1])).toThrow(expect.objectContaining({ code: 'GRID_CLIENT_SCHEDULER_LOST' }));
    await client.close();
  });

  it('fails what depends on something that failed at a scheduler that is lost, for the same reason, and tries both again', async () => {
    const { scheduler, client } = await FakeScheduler.withClient(['resume']);
    scheduler.answer(({ op }) => (op === 'resume-client' ? { op: 'resume-client-reply' } : undefined));
    const failed = client.submit(inc, [1], { pure: false });
    await scheduler.take('update-graph');
    scheduler.fail(0, new TypeError('no'));
    await expect(failed.result()).rejects.toThrow('no');
    scheduler.vanish();
    await scheduler.take('end-resume');
    scheduler.received.length = 0;

    const dependent = client.submit(inc, [failed], { pure: false });
    const { graphId } = await scheduler.take('update-graph');
    const code = 'GRID_SCHEDULER_UNKNOWN_DEPENDENCY';
    scheduler.send({ op: 'graph-refused', graphId, ids: [1], code, message: 'gone', details: {} });
    await expect(dependent.result()).rejects.toThrow('no');
    expect(dependent.status).toBe('error');

    scheduler.received.length = 0;
    dependent.retry();
    await scheduler.take('end-resume');
    expect(scheduler.received.map(({ op }) => op)).toEqual(['resume-client', 'update-graph', 'update-graph']);
    scheduler.finish([[1, 3]]);
    expect(await dependent.result()).toBe(3);
    await client.close();
  });

  it('keeps what depends on something that is being tried again when the scheduler turns it away meanwhile', async () => {
    const { scheduler, client } = await FakeScheduler.withClient(['resume']);
    let refuse = (): void => {};
    scheduler.answer(({ op }) => {
      if (op !== 'resume-client') return undefined;
      refuse();
      return { op: 'resume-client-reply' };
    });
    const failed = client.submit(inc, [1], { pure: false });
    await scheduler.take('update-graph');
    scheduler.fail(0, new TypeError('no'));
    await expect(failed.result()).rejects.toThrow('no');
    scheduler.vanish();
    await scheduler.take('end-resume');
    scheduler.received.length = 0;

    const dependent = client.submit(inc, [failed], { pure: false });
    const last = client.submit(inc, [dependent], { pure: false });
    failed.retry();
    const code = 'GRID_SCHEDULER_UNKNOWN_DEPENDENCY';
    refuse = () => scheduler.send({ op: 'graph-refused', graphId: 1, ids: [1, 2], code, message: 'gone', details: {} });
    await scheduler.take('end-resume');
    expect([dependent.status, last.status]).toEqual(['pending', 'pending']);
    const again = scheduler.received.flatMap((message) => (message.op === 'update-graph' ? [message.firstId] : []));
    expect(again).toEqual([1, 0, 1]);
    scheduler.finish([
      [0, 2],
      [1, 3],
      [2, 4],
    ]);
    expect(await client.gather([failed, dependent, last])).toEqual([2, 3, 4]);
    await client.close();
  });

  it('submits again at once what is tried again one by one, if the scheduler knows nothing of it', async () => {
    const { scheduler, client } = await FakeScheduler.withClient(['resume']);
    scheduler.answer(({ op }) => (op === 'resume-client' ? { op: 'resume-client-reply' } : undefined));
    const futures = client.map(inc, [1, 2, 3], { pure: false });
    await scheduler.take('update-graph');
    for (const id of [0, 1, 2]) scheduler.fail(id, new TypeError('no'));
    for (const future of futures) await expect(future.result()).rejects.toThrow('no');
    scheduler.vanish();
    await scheduler.take('end-resume');
    scheduler.received.length = 0;

    for (const future of futures) future.retry();
    await scheduler.take('end-resume');
    scheduler.finish([
      [0, 2],
      [1, 3],
      [2, 4],
    ]);
    expect(await client.gather(futures)).toEqual([2, 3, 4]);
    expect(scheduler.received.map(({ op }) => op)).toEqual(['resume-client', 'update-graph']);
    const sent = await scheduler.take('update-graph');
    expect(Array.from(sent.wanted ?? [])).toEqual([0, 1, 2]);
    await client.close();
  });

  it('submits again what is tried again just after the others were', async () => {
    const { scheduler, client } = await FakeScheduler.withClient(['resume']);
    scheduler.answer(({ op }) => (op === 'resume-client' ? { op: 'resume-client-reply' } : undefined));
    const [first, second] = client.map(inc, [1, 2], { pure: false });
    await scheduler.take('update-graph');
    for (const id of [0, 1]) scheduler.fail(id, new TypeError('no'));
    await expect(second?.result()).rejects.toThrow('no');
    scheduler.vanish();
    await scheduler.take('end-resume');
    scheduler.received.length = 0;

    first?.retry();
    await scheduler.take('end-resume');
    second?.retry();
    await scheduler.take('end-resume');
    const ops = scheduler.received.map(({ op }) => op);
    expect(ops).toEqual(['resume-client', 'update-graph', 'resume-client', 'update-graph']);
    await client.close();
  });

  it('says that the scheduler is lost to who was asking it something', async () => {
    const { scheduler, client } = await FakeScheduler.withClient();
    const future = client.submit(inc, [1]);
    scheduler.answer((message) => {
      if (message.op === 'who-has') scheduler.vanish();
      return undefined;
    });
    await scheduler.take('update-graph');
    scheduler.finishElsewhere([0]);
    await expect(future.result()).rejects.toMatchObject({ code: 'GRID_CLIENT_SCHEDULER_LOST' });
    await client.close();
  });

  it('fails a fetch of what is released meanwhile as cancelled', async () => {
    const { scheduler, client } = await FakeScheduler.withClient();
    const future = client.submit(inc, [1]);
    const asked: string[] = [];
    scheduler.answer((message) => {
      asked.push(message.op);
      future.release();
      return message.op === 'who-has' ? whoHasNothing() : collectNothing();
    });
    await scheduler.take('update-graph');
    scheduler.finishElsewhere([0]);
    await expect(future.result()).rejects.toMatchObject({ code: 'GRID_CLIENT_CANCELLED' });
    expect(asked).toEqual(['who-has', 'collect']);
    await client.close();
  });

  it('asks for a result again whose line for data broke', async () => {
    const { scheduler, client } = await FakeScheduler.withClient();
    const future = client.submit(inc, [1]);
    const asked: string[] = [];
    scheduler.answer((message) => {
      asked.push(message.op);
      if (message.op === 'who-has') return whoHasNothing();
      if (asked.filter((op) => op === 'collect').length < 3) scheduler.breakBulkLine();
      return collectOne(2);
    });
    await scheduler.take('update-graph');
    scheduler.finishElsewhere([0]);
    expect(await future.result()).toBe(2);
    expect(asked).toEqual(['who-has', 'collect', 'who-has', 'collect', 'who-has', 'collect']);
    await client.close();
  });

  it('says what is the matter when all lines for data break', async () => {
    const { scheduler, client } = await FakeScheduler.withClient();
    const future = client.submit(inc, [1]);
    scheduler.answer((message) => {
      if (message.op === 'collect') scheduler.breakBulkLine();
      return whoHasNothing();
    });
    await scheduler.take('update-graph');
    scheduler.finishElsewhere([0]);
    await expect(future.result()).rejects.toMatchObject({ code: 'GRID_CLIENT_UNREACHABLE' });
    await client.close();
  });

  it.each([
    ['closed', 'GRID_CLIENT_CLOSED'],
    ['lost', 'GRID_CLIENT_SCHEDULER_LOST'],
  ])('says that it is %s to who fetches a result', async (end, code) => {
    const { scheduler, client } = await FakeScheduler.withClient();
    const future = client.submit(inc, [1]);
    scheduler.answer((message) => {
      if (message.op === 'collect') {
        scheduler.breakBulkLine();
        if (end === 'lost') scheduler.vanish();
        else void client.close();
      }
      return whoHasNothing();
    });
    await scheduler.take('update-graph');
    scheduler.finishElsewhere([0]);
    await expect(future.result()).rejects.toMatchObject({ code });
    await client.close();
  });

  it('rejects what is pending when it is closed, and everything afterwards', async () => {
    const { scheduler, client } = await FakeScheduler.withClient();
    const waiting = client.submit(inc, [1]).result();
    const settled = expect(waiting).rejects.toMatchObject({ code: 'GRID_CLIENT_CLOSED' });
    await client.close();
    await client.close();
    await settled;
    await scheduler.take('close-client');
    expect(() => client.submit(inc, [1])).toThrow(expect.objectContaining({ code: 'GRID_CLIENT_CLOSED' }));
  });
});

describe('graphs', () => {
  it('sends what the wanted keys need, in an order that can run, and wants only those keys', async () => {
    const { scheduler, client } = await FakeScheduler.withClient();
    const builder = new GraphBuilder();
    const one = builder.call('one', inc, [0]);
    const two = builder.call('two', add, [one, one]);
    builder.call('unneeded', inc, [5]);
    const results = client.compute(builder.build(), [two.key]);
    const sent = await scheduler.take('update-graph');
    expect(keysOf(sent)).toEqual(['one', 'two']);
    expect(Array.from(sent.wanted ?? [])).toEqual([1]);
    expect(Array.from(sent.dependencies?.ids ?? [])).toEqual([0]);
    scheduler.finish([[1, 2]]);
    expect(await results).toEqual([2]);
    await client.close();
  });

  it('holds a task that a later message depends on, and lets it go once that message was sent', async () => {
    const { scheduler, client } = await FakeScheduler.withClient();
    const builder = new GraphBuilder();
    const one = builder.call('one', inc, [0]);
    const two = builder.call('two', inc, [one], { retries: 3 });
    const [future] = client.submitGraph(builder.build(), [two.key]);
    const first = await scheduler.take('update-graph');
    expect(keysOf(first)).toEqual(['one']);
    expect(Array.from(first.wanted ?? [])).toEqual([0]);
    expect(keysOf(await scheduler.take('update-graph'))).toEqual(['two']);
    expect(Array.from((await scheduler.take('release-keys')).ids)).toEqual([0]);
    scheduler.finish([[1, 2]]);
    expect(await future?.result()).toBe(2);
    await client.close();
  });

  it('refuses a cycle with its path, and sends nothing', async () => {
    const { scheduler, client } = await FakeScheduler.withClient();
    const builder = new GraphBuilder();
    builder.call('a', inc, [{ key: asKey('b'), [Symbol.for('grid.task-ref')]: true } as never]);
    builder.call('b', inc, [{ key: asKey('a'), [Symbol.for('grid.task-ref')]: true } as never]);
    expect(() => client.submitGraph(builder.build(), [asKey('a')])).toThrow(
      expect.objectContaining({ code: 'GRID_GRAPH_CYCLE', message: expect.stringContaining('→') }),
    );
    expect(scheduler.received).toEqual([]);
    await client.close();
  });
});

describe('scatter', () => {
  it('hands values to the scheduler where the worker cannot be reached', async () => {
    const { scheduler, client } = await FakeScheduler.withClient();
    scheduler.answer((message) => {
      if (message.op === 'plan-scatter') return planOnOne(message, 'inproc://nobody');
      if (message.op !== 'relay-data') return undefined;
      scheduler.finish([[0, 'unused']]);
      return { op: 'relay-data-reply' };
    });
    const { data } = await client.scatter({ data: new Float64Array(4) });
    expect(isFuture(data) && data.key).toBe('data');
    expect((await scheduler.take('relay-data')).values.payloads).toHaveLength(1);
    await client.close();
  });

  it('says which values no way led to a worker for', async () => {
    const { scheduler, client } = await FakeScheduler.withClient();
    scheduler.answer((message) => (message.op === 'plan-scatter' ? planOnOne(message, 'inproc://nobody') : undefined));
    await expect(client.scatter({ data: 1 })).rejects.toMatchObject({
      code: 'GRID_CLIENT_LOST_DATA',
      details: { worker: 'inproc://nobody', keys: ['data'] },
    });
    await client.close();
  });
});

describe('connect', () => {
  it('says whom it could not reach, within its time', async () => {
    const scheduler = new FakeScheduler();
    const options = { token: null, transports: [scheduler.transport], timeout: 50 };
    await expect(Client.connect('inproc://nobody', options)).rejects.toMatchObject({
      code: 'GRID_CLIENT_CONNECT_FAILED',
      details: { address: 'inproc://nobody' },
    });
  });

  it('does not get in without the token', async () => {
    const scheduler = new FakeScheduler('right');
    await scheduler.listen();
    const options = { token: 'wrong', transports: [scheduler.transport], timeout: 2000 };
    await expect(Client.connect(scheduler.address, options)).rejects.toMatchObject({
      code: 'GRID_RPC_UNAUTHENTICATED',
    });
  });
});
