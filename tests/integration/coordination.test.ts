import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Event, Lock, MultiLock, Pub, Queue, Semaphore, Sub, Topic, Variable, type Future } from '@grid/client';
import { getTask } from '@grid/client/task';

import { rejection } from './support/rejection.js';
import { startRig, type Rig } from './support/start-cluster.js';

const inc = (x: number): number => x + 1;

let rig: Rig;
let names = 0;

const newName = (): string => `name-${String((names += 1))}`;

beforeAll(async () => {
  rig = await startRig();
});

afterAll(async () => rig[Symbol.asyncDispose]());

describe('Event', () => {
  it('lets a task wait for what a client sets', async () => {
    const event = new Event(newName());
    using waiting = rig.client.submit(
      async (flag: Event) => {
        await flag.wait({ timeout: '20s' });
        return flag.isSet();
      },
      [event],
      { pure: false },
    );
    expect(await event.isSet()).toBe(false);
    await event.set();
    expect(await waiting.result()).toBe(true);
    await event.clear();
    expect(await event.isSet()).toBe(false);
  });

  it('lets other tasks have the thread of a task that waits', async () => {
    const name = newName();
    const waiting = rig.client.map(async (n: number) => new Event(name).wait({ timeout: '20s' }).then(() => n), [0, 1]);
    using setting = rig.client.submit(() => void new Event(name).set(), [], { pure: false });
    await setting.result();
    expect(await rig.client.gather(waiting)).toEqual([0, 1]);
  });

  it('ends a wait with its time or its signal', async () => {
    const event = new Event(newName());
    expect(await rejection(event.wait({ timeout: 20 }))).toMatchObject({ code: 'GRID_CLIENT_TIMEOUT' });
    const reason = new Error('enough');
    expect(await rejection(event.wait({ signal: AbortSignal.abort(reason) }))).toBe(reason);
  });
});

describe('Lock', () => {
  it('is held by one task at a time, over all workers', async () => {
    const lock = newName();
    const counter = newName();
    await new Variable<number>(counter).set(0);
    const futures = rig.client.map(
      async (n: number) => {
        const variable = new Variable<number>(counter);
        const count = async (): Promise<void> => variable.set((await variable.get()) + 1);
        await new Lock(lock).hold(count, { timeout: '20s' });
        return n >= 0;
      },
      [...Array(20).keys()],
    );
    expect((await rig.client.gather(futures)).every(Boolean)).toBe(true);
    expect(await new Variable<number>(counter).get()).toBe(20);
    expect(await new Lock(lock).isLocked()).toBe(false);
  });

  it('is given up by a task that ends without releasing it, however it ends', async () => {
    const name = newName();
    const held = newName();
    const ends: ((name: string, held: string) => Promise<unknown>)[] = [
      async (lock, flag) => {
        await new Lock(lock).acquire();
        await new Event(flag).set();
      },
      async (lock, flag) => {
        await new Lock(lock).acquire();
        await new Event(flag).set();
        throw new RangeError('done for');
      },
      async (lock, flag) => {
        await new Lock(lock).acquire();
        await new Event(flag).set();
        process.exit(3);
      },
    ];
    for (const end of ends) {
      using task = rig.client.submit(end, [name, held], { pure: false });
      await task.exception();
      expect(await new Event(held).isSet()).toBe(true);
      await new Event(held).clear();
      await using lease = await new Lock(name).acquire({ timeout: '20s' });
      expect(lease.isHeld).toBe(true);
    }
  });

  it('is given up by a task that is cancelled, and by a client that closes', async () => {
    const name = newName();
    const held = newName();
    using task = rig.client.submit(
      async (lock: string, flag: string) => {
        await new Lock(lock).acquire();
        await new Event(flag).set();
        await new Promise((_, reject) =>
          getTask()?.signal.addEventListener('abort', () => reject(new Error('stopped'))),
        );
      },
      [name, held],
      { pure: false },
    );
    await new Event(held).wait({ timeout: '20s' });
    expect(await new Lock(name).tryAcquire()).toBeUndefined();
    task.cancel();
    await using other = await Client.connect(rig.cluster);
    const lease = await new Lock(name, { client: other }).acquire({ timeout: '20s' });
    const next = new Lock(name, { client: rig.client }).acquire({ timeout: '20s' });
    await other.close();
    await (await next).release();
    expect(lease.signal.reason).toMatchObject({ code: 'GRID_CLIENT_CLOSED' });
  });
});

describe('Semaphore and MultiLock', () => {
  it('are of some names', () => {
    expect(() => new MultiLock([])).toThrow(/a MultiLock is of some names/);
    expect(() => new MultiLock(5 as never)).toThrow(/a MultiLock is of some names/);
  });

  it('are held by no more than may hold them', async () => {
    const semaphore = new Semaphore(2, newName());
    const leases = [await semaphore.acquire(), await semaphore.acquire()];
    expect(await semaphore.value()).toBe(2);
    expect(await semaphore.tryAcquire()).toBeUndefined();
    const third = semaphore.acquire({ timeout: '20s' });
    await leases[0]?.release();
    await (await third).release();
    await leases[1]?.release();
    expect(await semaphore.value()).toBe(0);
    await using one = await semaphore.acquire();
    expect(one.isHeld).toBe(true);
    expect(await rejection(new Semaphore(3, semaphore.name).acquire())).toMatchObject({
      code: 'GRID_SCHEDULER_CAPACITY_DIFFERS',
    });
  });

  it('hold all of several names or none, and share them with locks', async () => {
    const [a, b, c] = [newName(), newName(), newName()];
    const one = await new Lock(b).acquire();
    expect(await new MultiLock([a, b, c]).tryAcquire()).toBeUndefined();
    expect(await new Lock(a).isLocked()).toBe(false);
    const two = await new MultiLock([a, b, c]).acquire({ count: 2 });
    expect(two.names).toEqual([a, c]);
    await one.release();
    await two.release();
  });
});

describe('Queue and Variable', () => {
  it('bring values from tasks to clients in order', async () => {
    const queue = new Queue<number>(newName(), { maxSize: 2 });
    using producer = rig.client.submit(
      async (out: Queue<number>) => {
        for (let n = 0; n < 10; n += 1) await out.put(n, { timeout: '20s' });
      },
      [queue],
      { pure: false },
    );
    const got: number[] = [];
    while (got.length < 10) got.push(await queue.get({ timeout: '20s' }));
    await producer.result();
    expect(got).toEqual([...Array(10).keys()]);
    expect(await queue.size()).toBe(0);
  });

  it('keep the results of futures for whoever takes them out, also when the client that put them is gone', async () => {
    const [queue, variable] = [newName(), newName()];
    await using other = await Client.connect(rig.cluster);
    const future = other.submit(inc, [41], { key: newName() });
    await new Queue(queue, { client: other }).put({ name: 'answer', future });
    await new Variable(variable, { client: other }).set([future]);
    await future.result();
    await other.close();
    const { future: taken } = await new Queue<{ future: Future<number> }>(queue).get();
    expect(await taken.result()).toBe(42);
    taken.release();
    const [again] = await new Variable<[Future<number>]>(variable).get();
    expect(await again.result()).toBe(42);
    again.release();
    await new Variable(variable).delete();
  });

  it('lose nothing when nobody waits any more', async () => {
    const queue = new Queue<number>(newName());
    expect(await queue.tryGet()).toBeUndefined();
    const stop = new AbortController();
    const late = rejection(queue.get({ signal: stop.signal }));
    const put = queue.put(7);
    stop.abort(new Error('enough'));
    await Promise.all([late, put]);
    expect(await queue.get({ timeout: '20s' })).toBe(7);
  });
});

describe('topics', () => {
  it('bring what tasks say to those who listen, in order', async () => {
    const name = newName();
    using heard = await Sub.open<number>(name);
    const say = async (topic: string): Promise<void> => {
      const pub = new Pub<number>(topic);
      for (let n = 0; n < 5; n += 1) await pub.put(n);
    };
    await rig.client.submit(say, [name], { pure: false }).result();
    const got: number[] = [];
    while (got.length < 5) got.push(await heard.get({ timeout: '20s' }));
    expect(got).toEqual([0, 1, 2, 3, 4]);
    expect(await rejection(heard.get({ timeout: 10 }))).toMatchObject({ code: 'GRID_CLIENT_TIMEOUT' });
    heard.close();
    expect(await new Pub(name).put(1)).toBe(0);
  });

  it('keep what was logged, with its time', async () => {
    const name = newName();
    const before = Date.now();
    await rig.client.submit(async (topic: string) => new Topic(topic).log({ from: 'a task' }), [name]).result();
    await rig.client.logEvent([name, `${name}-too`], 'a client');
    const events = await rig.client.getEvents(name);
    expect(events.map(({ value }) => value)).toEqual([{ from: 'a task' }, 'a client']);
    expect(events.every(({ at }) => at >= before - 1000 && at <= Date.now() + 1000)).toBe(true);
    expect(Object.keys(await rig.client.getEvents())).toEqual(expect.arrayContaining([name, `${name}-too`]));
  });

  it('call a handler until it is unsubscribed', async () => {
    const name = newName();
    const got: unknown[] = [];
    const subscription = await rig.client.subscribeTopic(name, ({ value }) => got.push(value));
    const flag = new Promise<void>((resolve) => {
      void rig.client.subscribeTopic(name, ({ value }) => value === 'last' && resolve());
    });
    await rig.client.logEvent(name, 'first');
    subscription.unsubscribe();
    await rig.client.logEvent(name, 'last');
    await flag;
    expect(got).toEqual(['first']);
  });
});

describe('datasets and metadata', () => {
  it('stay when the client that left them is gone', async () => {
    const name = newName();
    await using other = await Client.connect(rig.cluster);
    const future = other.submit(inc, [1], { key: newName() });
    await other.datasets.publish(name, { parts: [future] });
    await other.setMetadata([name, 'rows'], 7);
    await other.close();
    expect(await rig.client.datasets.list()).toContain(name);
    const { parts } = (await rig.client.datasets.get(name)) as { parts: Future<number>[] };
    expect(await parts[0]?.result()).toBe(2);
    parts[0]?.release();
    expect(await rig.client.getMetadata(name)).toEqual({ rows: 7 });
    expect(await rig.client.getMetadata([name, 'columns'])).toBeUndefined();
    expect(await rig.client.datasets.unpublish(name)).toBe(true);
    expect(await rejection(rig.client.datasets.get(name))).toMatchObject({ code: 'GRID_SCHEDULER_UNKNOWN_NAME' });
  });
});
