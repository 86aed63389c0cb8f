import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, taskErrorInfo, type Future } from '@grid/client';
import { getTask } from '@grid/client/task';
import { asKey } from '@grid/common';
import { callSpec, TaskGraph } from '@grid/graph';

import { Gate, holdAtGate, passGate } from './support/gate.js';
import { startRig, type Rig } from './support/start-cluster.js';
import { note, Tally } from './support/tally.js';
import { TempFolder } from './support/temp-folder.js';
import { until } from './support/until.js';

const inc = (x: number): number => x + 1;
const add = (a: number, b: number): number => a + b;
const sum = (xs: readonly number[]): number => xs.reduce(add, 0);

/** An error with a class and fields of its own, as users write them. */
class OutOfStock extends Error {
  override readonly name = 'OutOfStock';
  constructor(
    readonly article: string,
    readonly left: number,
  ) {
    super(`${article} is out of stock`);
  }
}

let rig: Rig;
let folder: TempFolder;
let files = 0;

const newGate = (): Gate => new Gate(folder.file(`gate-${String((files += 1))}`));
const newTally = (): Tally => new Tally(folder.file(`tally-${String((files += 1))}`));

beforeAll(async () => {
  folder = new TempFolder();
  rig = await startRig();
});

afterAll(async () => {
  await rig[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

describe('submit', () => {
  it('gives what the function gives', async () => {
    using future = rig.client.submit(add, [1, 2]);
    expect(await future.result()).toBe(3);
    expect(future).toMatchObject({ status: 'finished', isDone: true });
  });

  it('gives tasks the results of futures in their arguments, however deep', async () => {
    using one = rig.client.submit(inc, [0]);
    using two = rig.client.submit(inc, [one]);
    using all = rig.client.submit(
      (parts: { list: number[]; map: Map<string, number> }) => [sum(parts.list), parts.map.get('two')],
      [{ list: [one, two, 3], map: new Map([['two', two]]) }],
    );
    expect(await all.result()).toEqual([6, 2]);
  });

  it('takes captured values, helpers of other files and built-in modules along', async () => {
    const offset = 41;
    const gate = newGate();
    gate.open();
    using future = rig.client.submit((x: number) => holdAtGate(gate.file, inc(x) + offset), [0]);
    expect(await future.result()).toBe(42);
  });

  it('awaits async functions, and runs generators within a task', async () => {
    using late = rig.client.submit(async (x: number) => Promise.resolve(x * 2), [21]);
    using drawn = rig.client.submit(
      (count: number) => {
        function* squares(): Generator<number> {
          for (let n = 1; n <= count; n += 1) yield n * n;
        }
        return [...squares()];
      },
      [4],
    );
    expect(await rig.client.gather([late, drawn])).toEqual([42, [1, 4, 9, 16]]);
  });

  it('gives the very values back that JSON would lose', async () => {
    const value = { at: new Date(0), big: 2n ** 70n, none: undefined, zero: -0, set: new Set([NaN]), re: /a+/gi };
    using future = rig.client.submit((x: typeof value) => x, [value]);
    expect(await future.result()).toEqual(value);
  });

  it('gives functions and instances of own classes, to tasks and back', async () => {
    class Point {
      constructor(readonly x: number) {}
      get doubled(): number {
        return this.x * 2;
      }
    }
    using adder = rig.client.submit((a: number) => (b: number) => a + b, [40]);
    using point = rig.client.submit((x: number) => new Point(x), [21]);
    using used = rig.client.submit(
      (f: (b: number) => number, p: Point) => [f(2), p.doubled, p instanceof Point],
      [adder, point],
    );
    expect(await used.result()).toEqual([42, 42, true]);
    expect((await adder.result())(2)).toBe(42);
    const here = await point.result();
    expect([here instanceof Point, here.doubled]).toEqual([true, 42]);
  });

  it('knows tasks by any key, however strange', async () => {
    const keys = ['__proto__', 'constructor', 'ключ 🔑', "('x', 0)", 'k'.repeat(5000), '\u0000', ' '];
    const futures = keys.map((key, index) => rig.client.submit((i: number) => i, [index], { key }));
    expect(await rig.client.gather(futures)).toEqual(keys.map((_, index) => index));
    expect(Object.keys(await rig.client.whoHas(futures)).sort()).toEqual([...keys].sort());
    expect(() => rig.client.submit(() => 1, [], { key: '' })).toThrow(
      expect.objectContaining({ details: { option: 'key' } }),
    );
    for (const future of futures) future.release();
  });

  it('takes a function that was made anew for each call for the same one', async () => {
    const futures = [1, 2, 3].map((_) => rig.client.submit((x: number) => x + 1, [5]));
    expect(new Set(futures.map(({ key }) => key)).size).toBe(1);
    await rig.client.gather(futures);
  });

  it('computes the same call once, whoever asks, and knows it by its key', async () => {
    const tally = newTally();
    const work = (file: string, x: number): number => {
      note(file, 'ran');
      return x;
    };
    await using other = await Client.connect(rig.cluster);
    using first = rig.client.submit(work, [tally.file, 1]);
    await first.result();
    using second = rig.client.submit(work, [tally.file, 1]);
    using third = other.submit(work, [tally.file, 1]);
    expect(await Promise.all([second.result(), third.result()])).toEqual([1, 1]);
    expect([second.key, third.key]).toEqual([first.key, first.key]);
    expect(tally.count).toBe(1);
  });

  it('computes a call each time if it is not pure', async () => {
    const tally = newTally();
    const work = (file: string): void => note(file, 'ran');
    const futures = [1, 2, 3].map(() => rig.client.submit(work, [tally.file], { pure: false }));
    await rig.client.gather(futures);
    expect(tally.count).toBe(3);
  });

  it('fails with the error that the task threw: its class, its fields, its cause', async () => {
    using future = rig.client.submit(
      (article: string) => {
        const error = new OutOfStock(article, 0);
        error.cause = new RangeError('empty shelf');
        throw error;
      },
      ['tea'],
    );
    const error = await future.exception();
    expect(error).toBeInstanceOf(OutOfStock);
    expect(error).toMatchObject({ message: 'tea is out of stock', article: 'tea', left: 0 });
    expect((error as OutOfStock).cause).toMatchObject({ name: 'RangeError', message: 'empty shelf' });
    expect(taskErrorInfo(error)).toMatchObject({ key: future.key, worker: expect.stringMatching(/^tcp:\/\//) });
    expect(future.status).toBe('error');
  });

  it('blames the task that failed in all tasks that needed it', async () => {
    using bad = rig.client.submit((): number => {
      throw new TypeError('no');
    }, []);
    using next = rig.client.submit(inc, [bad]);
    using last = rig.client.submit(inc, [next]);
    const error = await last.exception();
    expect(error).toMatchObject({ name: 'TypeError', message: 'no' });
    expect(taskErrorInfo(error)?.key).toBe(bad.key);
  });

  it('tries a task that throws as often as it is told', async () => {
    const tally = newTally();
    const flaky = (file: string, failures: number, count: (file: string) => number): string => {
      note(file, 'ran');
      if (count(file) <= failures) throw new RangeError('not yet');
      return 'done';
    };
    const count = (file: string): number => new Tally(file).count;
    using enough = rig.client.submit(flaky, [tally.file, 2, count], { retries: 2 });
    expect(await enough.result()).toBe('done');
    expect(tally.count).toBe(3);
    const other = newTally();
    using tooFew = rig.client.submit(flaky, [other.file, 2, count], { retries: 1 });
    await expect(tooFew.result()).rejects.toMatchObject({ message: 'not yet' });
    expect(other.count).toBe(2);
  });

  it('tells a task its key and its worker', async () => {
    using future = rig.client.submit(() => ({ key: getTask()?.key, worker: getTask()?.workerAddress }), [], {
      key: 'self',
    });
    const about = await future.result();
    expect(about.key).toBe('self');
    expect([...rig.cluster.workers.values()].map(({ address }) => address)).toContain(about.worker);
  });

  it('runs where it is told to', async () => {
    const [, second] = [...rig.cluster.workers.values()];
    const address = second?.address ?? '';
    const futures = rig.client.map((_: number) => getTask()?.workerAddress, [1, 2, 3, 4], {
      workers: address,
      pure: false,
    });
    expect(new Set(await rig.client.gather(futures))).toEqual(new Set([address]));
  });
});

describe('map and starmap', () => {
  it('keep the order of their items', async () => {
    const squares = rig.client.map(
      (x: number) => x * x,
      Array.from({ length: 2000 }, (_, index) => index),
    );
    expect(await rig.client.gather(squares)).toEqual(Array.from({ length: 2000 }, (_, index) => index * index));
    const sums = rig.client.starmap(add, [
      [1, 2],
      [3, 4],
    ]);
    expect(await rig.client.gather(sums)).toEqual([3, 7]);
  });

  it('take futures as items', async () => {
    const ones = rig.client.map(inc, [0, 1, 2]);
    const twos = rig.client.map(inc, ones);
    expect(await rig.client.gather(twos)).toEqual([2, 3, 4]);
  });
});

describe('gather', () => {
  it('keeps the shape of arrays, objects, Maps and Sets', async () => {
    const [a, b] = rig.client.map(inc, [10, 20]) as [Future<number>, Future<number>];
    const gathered = await rig.client.gather({
      list: [a, [b]],
      map: new Map([['a', a]]),
      set: new Set([b]),
      plain: 'x',
    });
    expect(gathered).toEqual({ list: [11, [21]], map: new Map([['a', 11]]), set: new Set([21]), plain: 'x' });
  });

  it('fails with the first error, or leaves failed tasks out', async () => {
    const futures = rig.client.map(
      (x: number) => {
        if (x === 2) throw new RangeError('two');
        return x;
      },
      [1, 2, 3],
    );
    await expect(rig.client.gather(futures)).rejects.toMatchObject({ name: 'RangeError', message: 'two' });
    expect(await rig.client.gather(futures, { errors: 'skip' })).toEqual([1, 3]);
  });
});

describe('scatter', () => {
  it('puts a list on the workers, and gives futures in its order', async () => {
    const futures = await rig.client.scatter([new Float64Array([1.5]), 'text', { deep: [1] }]);
    expect(futures.map(({ status }) => status)).toEqual(['finished', 'finished', 'finished']);
    expect(await rig.client.gather(futures)).toEqual([new Float64Array([1.5]), 'text', { deep: [1] }]);
  });

  it('names data after the fields of an object', async () => {
    const { rows, limit } = await rig.client.scatter({ rows: [1, 2, 3], limit: 2 });
    expect([rows.key, limit.key]).toEqual(['rows', 'limit']);
    using task = rig.client.submit((xs: readonly number[], n: number) => xs.slice(0, n), [rows, limit]);
    expect(await task.result()).toEqual([1, 2]);
  });

  it('puts a copy on every worker if told to broadcast', async () => {
    const [data] = (await rig.client.scatter([new Float64Array(1000)], { broadcast: true })) as [Future<Float64Array>];
    const holders = await rig.client.whoHas([data]);
    expect(holders[data.key]?.length).toBe(2);
  });

  it('takes equal data for the same piece of data', async () => {
    const [a] = (await rig.client.scatter([{ equal: 'data' }])) as [Future<unknown>];
    const [b] = (await rig.client.scatter([{ equal: 'data' }])) as [Future<unknown>];
    expect(b.key).toBe(a.key);
  });
});

describe('wait', () => {
  it('tells who is done when the first one is', async () => {
    const gate = newGate();
    using slow = rig.client.submit(passGate, [gate.file, 'slow']);
    using fast = rig.client.submit(() => 'fast', []);
    const first = await rig.client.wait([slow, fast], { returnWhen: 'FIRST_COMPLETED' });
    expect(first.done.map(({ key }) => key)).toEqual([fast.key]);
    expect(first.notDone.map(({ key }) => key)).toEqual([slow.key]);
    gate.open();
    expect((await rig.client.wait([slow, fast])).notDone).toEqual([]);
  });

  it('gives up after its timeout, says what the tasks wait for, and leaves them alone', async () => {
    const gate = newGate();
    using slow = rig.client.submit(passGate, [gate.file, 'slow']);
    await expect(rig.client.wait([slow], { timeout: 100 })).rejects.toMatchObject({
      code: 'GRID_CLIENT_TIMEOUT',
      message: expect.stringContaining('1 processing'),
    });
    gate.open();
    expect(await slow.result()).toBe('slow');
  });
});

describe('asCompleted', () => {
  it('gives futures in the order in which their tasks end, also those added meanwhile', async () => {
    const gates = [newGate(), newGate(), newGate()];
    const futures = gates.map((gate, index) => rig.client.submit(passGate, [gate.file, index] as [string, number]));
    const extra = rig.client.submit(inc, [98]);
    const completed = rig.client.asCompleted(futures);
    gates[1]?.open();
    const seen: number[] = [];
    for await (const future of completed) {
      seen.push(await future.result());
      if (seen.length === 1) completed.add(extra);
      if (seen.length === 2) gates[2]?.open();
      if (seen.length === 3) gates[0]?.open();
    }
    expect(seen).toEqual([1, 99, 2, 0]);
  });

  it('gives failed tasks as well', async () => {
    const futures = rig.client.map(
      (x: number) => {
        if (x > 1) throw new RangeError('large');
        return x;
      },
      [0, 1, 2],
    );
    const statuses: string[] = [];
    for await (const future of rig.client.asCompleted(futures)) statuses.push(future.status);
    expect(statuses.sort()).toEqual(['error', 'finished', 'finished']);
  });
});

describe('cancel and retry', () => {
  it('gives a task up, and all that need it, with the reason', async () => {
    const gate = newGate();
    const task = rig.client.submit(holdAtGate, [gate.file, 1], { pure: false });
    const next = rig.client.submit(inc, [task]);
    await rig.client.cancel([task], { reason: 'changed my mind' });
    await expect(task.result()).rejects.toMatchObject({
      code: 'GRID_CLIENT_CANCELLED',
      message: expect.stringContaining('changed my mind'),
    });
    await expect(next.result({ timeout: 5000 })).rejects.toMatchObject({ code: 'GRID_CLIENT_CANCELLED' });
    // The slot of a task that was running is free again at once: the gate never opens.
    expect(await rig.client.submit(inc, [1000]).result({ timeout: 5000 })).toBe(1001);
  });

  it('leaves a task alone that another client wants, unless it is forced', async () => {
    await using other = await Client.connect(rig.cluster);
    const [kept, forced] = [newGate(), newGate()];
    const ours = [rig.client.submit(passGate, [kept.file, 1]), rig.client.submit(passGate, [forced.file, 2])] as const;
    const theirs = [other.submit(passGate, [kept.file, 1]), other.submit(passGate, [forced.file, 2])] as const;
    await other.schedulerInfo();
    await rig.client.cancel([ours[0]]);
    await rig.client.cancel([ours[1]], { force: true });
    await expect(theirs[1].result({ timeout: 5000 })).rejects.toMatchObject({ code: 'GRID_CLIENT_CANCELLED' });
    kept.open();
    expect(await theirs[0].result({ timeout: 5000 })).toBe(1);
    await expect(ours[0].result()).rejects.toMatchObject({ code: 'GRID_CLIENT_CANCELLED' });
  });

  it('cancels a task when the signal fires that came with it', async () => {
    const controller = new AbortController();
    const gate = newGate();
    const task = rig.client.submit(passGate, [gate.file, 1], { signal: controller.signal });
    controller.abort();
    await expect(task.result({ timeout: 5000 })).rejects.toMatchObject({ code: 'GRID_CLIENT_CANCELLED' });
  });

  it('runs a failed task again, and what needed it', async () => {
    const tally = newTally();
    using flaky = rig.client.submit(
      (file: string, count: (file: string) => number) => {
        note(file, 'ran');
        if (count(file) === 1) throw new RangeError('first time');
        return 7;
      },
      [tally.file, (file: string) => new Tally(file).count],
    );
    using next = rig.client.submit(inc, [flaky]);
    await expect(next.result()).rejects.toMatchObject({ message: 'first time' });
    await rig.client.retry([next]);
    expect(await next.result({ timeout: 5000 })).toBe(8);
    expect(tally.count).toBe(2);
  });
});

describe('priority', () => {
  it('runs what matters more first, and equal ones in the order of submission', async () => {
    await using small = await startRig({ nWorkers: 1 });
    const gate = newGate();
    const tally = newTally();
    const start = small.client.submit(passGate, [gate.file, 0]);
    const log = (file: string, name: string, _: number): void => note(file, name);
    const futures = (
      [
        ['low', -1],
        ['first', 0],
        ['second', 0],
        ['high', 10],
      ] as const
    ).map(([name, priority]) =>
      small.client.submit(log, [tally.file, name, start], { pure: false, priority, fifoTimeout: 0 }),
    );
    gate.open();
    await small.client.wait(futures, { timeout: 10_000 });
    expect(tally.lines).toEqual(['high', 'first', 'second', 'low']);
  });
});

describe('release', () => {
  it('frees the memory of workers once nobody holds a future', async () => {
    const kept = rig.client.submit((n: number) => new Float64Array(n), [1001]);
    const derived = rig.client.submit((xs: Float64Array) => xs.length, [kept]);
    await derived.result();
    const held = async (): Promise<string[]> => Object.values(await rig.client.hasWhat()).flat();
    expect(await held()).toEqual(expect.arrayContaining([kept.key, derived.key]));
    kept.release();
    derived.release();
    await until(
      'the results are gone',
      async () => !(await held()).some((key) => key === kept.key || key === derived.key),
    );
  });

  it('keeps a result that a waiting task needs', async () => {
    const gate = newGate();
    const data = rig.client.submit((n: number) => new Array<number>(n).fill(1), [500]);
    const opened = rig.client.submit(passGate, [gate.file, 0]);
    using total = rig.client.submit((xs: number[], _: number) => xs.length, [data, opened]);
    await data.result();
    data.release();
    gate.open();
    expect(await total.result()).toBe(500);
    opened.release();
  });

  it('lets go of everything when the client closes', async () => {
    const other = await Client.connect(rig.cluster);
    const future = other.submit(() => new Float64Array(5000), [], { key: 'of-the-other' });
    await future.result();
    await other.close();
    await until('its results are gone', async () => !('of-the-other' in (await rig.client.whoHas())));
    await expect(future.result()).rejects.toMatchObject({ code: 'GRID_CLIENT_CLOSED' });
  });

  it('says of what was under way that the client was closed, also to those who wait', async () => {
    const other = await Client.connect(rig.cluster);
    const never = other.submit(() => new Promise(() => {}), [], { pure: false });
    const gone = { code: 'GRID_CLIENT_CLOSED' };
    const waits = [never.result(), other.wait([never]), other.gather([never]), other.asCompleted([never]).next()];
    const outcomes = Promise.all(waits.map((wait) => expect(wait).rejects.toMatchObject(gone)));
    await other.close();
    await outcomes;
    expect(never.status).toBe('lost');
    await expect(never.result()).rejects.toMatchObject(gone);
    expect(await never.exception()).toMatchObject(gone);
  });
});

describe('options that there are not', () => {
  it('are refused, and so are lists in place of options: nothing is done then', async () => {
    const { client } = rig;
    using future = client.submit(() => 1, []);
    const wrong = ['0'] as object;
    const mistyped: object = { wokers: '0' };
    const attempts = [wrong, mistyped].flatMap((options) => [
      client.retireWorkers(options),
      client.restart(options),
      client.cancel([future], options),
      client.replicate([future], options),
      client.rebalance([future], options),
      client.scatter([1], options),
      client.gather([future], options),
      client.wait([future], options),
      client.run(() => 1, [], options),
      client.setResources({ GPU: 1 }, options),
      client.profile(options),
      Client.connect(rig.cluster, options),
    ]);
    for (const attempt of attempts) {
      await expect(attempt).rejects.toMatchObject({
        code: 'GRID_CLIENT_BAD_OPTION',
        message: expect.stringMatching(/^(there is no option wokers|options are an object)/) as unknown,
      });
    }
    await expect(client.run(() => 1, { workers: '0' } as never)).rejects.toMatchObject({
      code: 'GRID_CLIENT_BAD_ARGUMENT',
    });
    expect(await future.result()).toBe(1);
    expect(rig.cluster.workers.size).toBe(2);
  });
});

describe('a class', () => {
  class Point {
    constructor(readonly x = 0) {}
  }

  it('is refused at once as a task, with what to do', async () => {
    const { client } = rig;
    const fn = Point as unknown as (x: number) => Point;
    const refusal = expect.objectContaining({
      code: 'GRID_CLIENT_BAD_ARGUMENT',
      message: expect.stringMatching(/^Point is a class.*actor: true.*new Point/) as unknown,
    });
    expect(() => client.submit(fn, [1])).toThrow(refusal);
    expect(() => client.submit(fn, [1], { actor: false } as object)).toThrow(refusal);
    expect(() => client.map(fn, [1, 2])).toThrow(refusal);
    const graph = TaskGraph.of([callSpec('p', fn, [1])]);
    expect(() => client.submitGraph(graph, [asKey('p')])).toThrow(refusal);
    using made = client.submit((x: number) => new Point(x), [3]);
    expect((await made.result()).x).toBe(3);
  });
});

describe('run', () => {
  it('runs a function once on every worker, outside of tasks', async () => {
    const pids = await rig.client.run(() => process.pid);
    const workers = [...rig.cluster.workers.values()];
    expect(pids).toEqual(Object.fromEntries(workers.map(({ address, pid }) => [address, pid])));
    const [first] = workers;
    expect(await rig.client.run((x: number) => x + 1, [1], { workers: first?.address ?? '' })).toEqual({
      [first?.address ?? '']: 2,
    });
  });

  it('fails with what a worker threw, or puts it in the place of the result', async () => {
    const bad = (): never => {
      throw new OutOfStock('coffee', 1);
    };
    await expect(rig.client.run(bad)).rejects.toBeInstanceOf(OutOfStock);
    const outcomes = await rig.client.run(bad, [], { onError: 'return' });
    expect(Object.values(outcomes)).toHaveLength(2);
    expect(Object.values(outcomes)[0]).toBeInstanceOf(OutOfStock);
  });
});

describe('looking into the cluster', () => {
  it('says who has a result, and what each worker has', async () => {
    using future = rig.client.submit((n: number) => new Float64Array(n), [3001]);
    await rig.client.wait([future]);
    const [holder = ''] = (await rig.client.whoHas([future]))[future.key] ?? [];
    expect([...rig.cluster.workers.values()].map(({ address }) => address)).toContain(holder);
    expect((await rig.client.hasWhat([holder]))[holder]).toContain(future.key);
  });

  it('lists the workers with their threads and their memory', async () => {
    const { workers } = await rig.client.schedulerInfo();
    const addresses = [...rig.cluster.workers.values()].map(({ address }) => address);
    expect(Object.keys(workers).sort()).toEqual(addresses.sort());
    for (const about of Object.values(workers)) {
      expect(about).toMatchObject({ threads: 1, memoryLimit: 2 * 2 ** 30 });
    }
  });

  it('tells the story of a task, on the scheduler and on its worker', async () => {
    using future = rig.client.submit(inc, [4711]);
    await future.result();
    const steps = await rig.client.story(future);
    const states = steps.filter(({ server }) => server === 'scheduler').map(({ to }) => to);
    expect(states).toEqual(expect.arrayContaining(['waiting', 'processing', 'memory']));
    expect(steps.some(({ server, to }) => server.startsWith('tcp://') && to === 'memory')).toBe(true);
  });
});
