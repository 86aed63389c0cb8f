import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Queue, Variable, type Client, type Future } from '@grid/client';
import { getClient, getTask } from '@grid/client/task';

import { startRig, type Rig } from './support/start-cluster.js';
import { until } from './support/until.js';

/* Tasks that submit tasks. */

async function fib(n: number): Promise<number> {
  if (n < 2) return n;
  const client = getClient();
  const [a, b] = await client.gather([client.submit(fib, [n - 1]), client.submit(fib, [n - 2])]);
  return a + b;
}

/** Every call is a task of its own. */
async function impureFib(n: number): Promise<number> {
  if (n < 2) return n;
  const client = getClient();
  const parts = client.map(impureFib, [n - 1, n - 2], { pure: false });
  let sum = 0;
  for await (const part of client.asCompleted(parts)) sum += await part.result();
  return sum;
}

const inc = (x: number): number => x + 1;

describe.each([
  ['in processes', {}],
  ['within one process', { processes: false }],
])('on workers %s', (_, options) => {
  let rig: Rig;

  beforeAll(async () => {
    rig = await startRig(options);
  });

  afterAll(async () => rig[Symbol.asyncDispose]());

  it('a task may wait for tasks that wait for tasks, of more than there are threads', async () => {
    using future = rig.client.submit(fib, [12]);
    expect(await future.result()).toBe(144);
  });

  it('the same without any two calls being one task', async () => {
    using future = rig.client.submit(impureFib, [9]);
    expect(await future.result()).toBe(34);
  });

  it('many tasks may wait for tasks at the same time', async () => {
    const outer = rig.client.map(
      async (n: number) => {
        const client = getClient();
        const inner = client.map(inc, [n, n + 1, n + 2], { pure: false });
        await client.wait(inner);
        return (await client.gather(inner)).reduce((a, b) => a + b, 0);
      },
      [...Array(40).keys()],
    );
    expect(await rig.client.gather(outer)).toEqual(Array.from({ length: 40 }, (__, n) => 3 * n + 6));
  });

  it('a task that is no async function may give the promise of what it submits', async () => {
    using future = rig.client.submit((x: number) => getClient().submit(inc, [x]).result(), [41]);
    expect(await future.result()).toBe(42);
  });

  it('an error of an inner task is thrown where it is waited for', async () => {
    const fail = (): never => {
      throw new RangeError('inner');
    };
    using future = rig.client.submit(async () => {
      try {
        await getClient().submit(fail, [], { pure: false }).result();
        return 'nothing';
      } catch (error) {
        return String(error);
      }
    }, []);
    expect(await future.result()).toBe('RangeError: inner');
  });

  it('tasks may scatter, and pass futures on', async () => {
    using future = rig.client.submit(async () => {
      const client = getClient();
      const [data] = await client.scatter([[1, 2, 3]], { hash: false });
      const doubled = client.map((x: number, i?: number) => x * 2 + (i ?? 0), [1, 2]);
      const sum = client.submit((all: readonly number[], rest: number[]) => [...all, ...rest].length, [data, doubled]);
      return sum.result();
    }, []);
    expect(await future.result()).toBe(5);
  });

  it('all tasks of a thread have one client, which nobody of them closes', async () => {
    const ids = rig.client.map(
      async (n: number) => {
        const client = getClient();
        await client.close();
        return { thread: getTask()?.workerAddress, id: client.id, n };
      },
      [...Array(8).keys()],
    );
    const found = await rig.client.gather(ids);
    const workers = new Set(found.map(({ thread }) => thread));
    expect(new Set(found.map(({ id }) => id)).size).toBe(workers.size);
  });

  it('futures of a task end with it, and with them what was computed for it alone', async () => {
    using future = rig.client.submit(async () => {
      const inner = getClient().submit((x: number) => x * 1000, [7], { key: 'left-behind' });
      return inner.result();
    }, []);
    expect(await future.result()).toBe(7000);
    await until('what it had submitted is gone', async () => !(await heldKeys(rig.client)).includes('left-behind'));
  });
});

describe.each([
  ['in processes', {}],
  ['within one process', { processes: false }],
])('futures in results, on workers %s', (_, options) => {
  let rig: Rig;

  beforeAll(async () => {
    rig = await startRig(options);
  });

  afterAll(async () => rig[Symbol.asyncDispose]());

  it('a task may give a future, or values with futures in them, which are futures of whoever takes them', async () => {
    using giving = rig.client.submit((x: number) => getClient().submit(inc, [x]), [1]);
    using inner = await giving.result();
    expect(await inner.result()).toBe(2);

    using deep = rig.client.submit(async () => {
      const client = getClient();
      const parts = client.map(inc, [10, 20]);
      await client.wait(parts);
      return { parts, first: parts[0], of: new Map([['n', parts.length]]) };
    }, []);
    const value = await deep.result();
    expect(await rig.client.gather(value)).toMatchObject({ parts: [11, 21], first: 11 });
    expect(value.parts[0]).toBe(value.first);
  });

  it('another task gets them as futures of its own', async () => {
    using giving = rig.client.submit((x: number) => [getClient().submit(inc, [x]), 7] as const, [100]);
    using taking = rig.client.submit(
      async ([future, seven]: readonly [Future<number>, number]) => (await future.result()) + seven,
      [giving],
    );
    expect(await taking.result()).toBe(108);
    using passing = rig.client.submit((given: readonly [Future<number>, number]) => given[0], [giving]);
    using last = await passing.result();
    expect(await last.result()).toBe(101);
  });

  it('what they stand for is kept for as long as the result is, though its task is long over', async () => {
    const giving = rig.client.submit(() => getClient().submit((x: number) => x, [5], { key: 'kept-by-result' }), []);
    await rig.client.wait([giving]);
    await until('it was computed', async () => (await heldKeys(rig.client)).includes('kept-by-result'));
    using later = rig.client.submit(inc, [1], { pure: false });
    await later.result();
    expect(await heldKeys(rig.client)).toContain('kept-by-result');
    const inner = await giving.result();
    giving.release();
    expect(await inner.result()).toBe(5);
    expect(await heldKeys(rig.client)).toContain('kept-by-result');
    inner.release();
    await until('nobody wants it', async () => !(await heldKeys(rig.client)).includes('kept-by-result'));
  });

  it('they go with the result that nobody took', async () => {
    const giving = rig.client.submit(() => getClient().submit((x: number) => x, [6], { key: 'never-taken' }), []);
    await rig.client.wait([giving]);
    giving.release();
    await until('both are gone', async () => !(await heldKeys(rig.client)).includes('never-taken'));
  });

  it('a future that was released is refused, with the path to it', async () => {
    using giving = rig.client.submit(() => {
      const future = getClient().submit(inc, [1], { pure: false });
      future.release();
      return { list: [future] };
    }, []);
    await expect(giving.result()).rejects.toMatchObject({ code: 'GRID_CLIENT_CANCELLED' });
  });
});

it('queues and variables take them and give them within tasks', async () => {
  await using rig = await startRig();
  const [box, line] = [new Variable<Future<number>>('box'), new Queue<Future<number>[]>('line')];
  using putting = rig.client.submit(
    async (variable: Variable<Future<number>>, queue: Queue<Future<number>[]>) => {
      const client = getClient();
      await variable.set(client.submit((x: number) => x * 2, [21], { pure: false }));
      await queue.put(client.map((x: number) => x * 3, [1, 2], { pure: false }));
    },
    [box, line],
  );
  await putting.result();
  using ofBox = await box.get();
  expect(await ofBox.result()).toBe(42);
  using taking = rig.client.submit(
    async (variable: Variable<Future<number>>, queue: Queue<Future<number>[]>) => {
      const inBox = await variable.get();
      const inLine = await queue.get();
      return getClient().gather([inBox, ...inLine]);
    },
    [box, line],
  );
  expect(await taking.result()).toEqual([42, 3, 6]);
});

it('a future cannot be used after the task that made it', async () => {
  await using rig = await startRig({ processes: false, nWorkers: 1 });
  using making = rig.client.submit(() => {
    const kept = getClient().submit((x: number) => x, [1], { key: 'kept' });
    Object.assign(globalThis, { keptByTest: kept });
  }, []);
  await making.result();
  using later = rig.client.submit(async () => {
    const { keptByTest } = globalThis as unknown as { keptByTest: Future<number> };
    const error = (await keptByTest.exception().catch((reason: unknown) => reason)) as { code?: string };
    return [keptByTest.status, error.code];
  }, []);
  expect(await later.result()).toEqual(['cancelled', 'GRID_CLIENT_CANCELLED']);
});

it('a program has no task, and is told to connect', () => {
  expect(() => getClient()).toThrow(expect.objectContaining({ code: 'GRID_CLIENT_NOT_IN_TASK' }));
});

async function heldKeys(client: Client): Promise<string[]> {
  return Object.values(await client.hasWhat()).flat();
}
