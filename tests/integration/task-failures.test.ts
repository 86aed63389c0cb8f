import { createServer } from 'node:net';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { Gate, holdAtGate } from './support/gate.js';
import { startRig, type Rig } from './support/start-cluster.js';
import { note, Tally } from './support/tally.js';
import { TempFolder } from './support/temp-folder.js';
import { until } from './support/until.js';

let rig: Rig;
let folder: TempFolder;

/** Both workers take tasks, and what they took before is over. */
async function expectHealthy(): Promise<void> {
  const futures = rig.client.map((x: number) => x * 2, [1, 2, 3, 4, 5, 6, 7, 8], { pure: false });
  expect(await rig.client.gather(futures, { timeout: 8000 })).toEqual([2, 4, 6, 8, 10, 12, 14, 16]);
  expect(rig.cluster.workers.size).toBe(2);
}

beforeAll(async () => {
  folder = new TempFolder();
  // Little memory, so that a task which wants more than its thread may have fails soon.
  rig = await startRig({ memoryLimit: '512 MiB' });
});

afterAll(async () => {
  await rig[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

describe('a task that throws', () => {
  it('fails with its error', async () => {
    using future = rig.client.submit(() => {
      throw new RangeError('out of range');
    }, []);
    await expect(future.result()).rejects.toMatchObject({ name: 'RangeError', message: 'out of range' });
  });

  it.each([null, undefined, 'a text', 42, { reason: 'plain object' }])(
    'may throw %p, which is the cause of the error',
    async (thrown) => {
      using future = rig.client.submit(
        (value: unknown) => {
          throw value;
        },
        [thrown],
      );
      const error = await future.exception({ timeout: 8000 });
      expect(error).toMatchObject({ code: 'GRID_CLIENT_TASK_THREW' });
      expect((error as Error).cause).toEqual(thrown);
    },
  );

  it('may throw an error that is its own cause', async () => {
    using future = rig.client.submit(() => {
      const error = new TypeError('round and round');
      error.cause = new RangeError('further', { cause: error });
      throw error;
    }, []);
    const error = (await future.exception({ timeout: 8000 })) as Error;
    expect(error).toMatchObject({ name: 'TypeError', message: 'round and round' });
    expect((error.cause as Error).cause).toBe(error);
  });

  it('may throw a frozen error', async () => {
    using future = rig.client.submit(() => {
      throw Object.freeze(new RangeError('cold'));
    }, []);
    await expect(future.result({ timeout: 8000 })).rejects.toMatchObject({ name: 'RangeError', message: 'cold' });
  });

  it('may throw an error with a field that cannot travel, which is left out and named in the message', async () => {
    using future = rig.client.submit(() => {
      throw Object.assign(new RangeError('attached'), { cell: new WeakMap(), page: 3 });
    }, []);
    await expect(future.result({ timeout: 8000 })).rejects.toMatchObject({
      message: expect.stringMatching(/^attached.*cell/),
      page: 3,
    });
  });

  it('may reject with an error, at once or later', async () => {
    using now = rig.client.submit(async () => Promise.reject(new RangeError('now')), []);
    using later = rig.client.submit(
      async () =>
        new Promise((_, reject) => {
          setImmediate(() => reject(new RangeError('later')));
        }),
      [],
    );
    await expect(now.result()).rejects.toMatchObject({ message: 'now' });
    await expect(later.result()).rejects.toMatchObject({ message: 'later' });
  });

  it('leaves the cluster as it was', expectHealthy);
});

describe('a result that cannot travel', () => {
  it('fails the task, and the error names the path', async () => {
    using future = rig.client.submit(() => ({ rows: [1, { lock: new WeakMap() }] }), []);
    await expect(future.result({ timeout: 8000 })).rejects.toMatchObject({
      code: 'GRID_PROTOCOL_UNSERIALIZABLE',
      message: expect.stringContaining('.rows[1].lock'),
    });
  });

  it('leaves the cluster as it was', expectHealthy);
});

describe('an argument that cannot travel', () => {
  it('is refused at submit, and the error names the path', () => {
    expect(() => rig.client.submit((x: unknown) => x, [{ rows: [1, { lock: new WeakMap() }] }])).toThrow(
      expect.objectContaining({
        code: 'GRID_PROTOCOL_UNSERIALIZABLE',
        message: expect.stringMatching(/arg.*\.rows\[1\]\.lock/),
      }),
    );
  });

  it('is refused by scatter, which then puts nothing anywhere', async () => {
    const before = Object.keys(await rig.client.whoHas()).length;
    await expect(rig.client.scatter([1, new WeakMap()])).rejects.toMatchObject({
      code: 'GRID_PROTOCOL_UNSERIALIZABLE',
    });
    expect(Object.keys(await rig.client.whoHas())).toHaveLength(before);
  });
});

describe('a function that cannot travel', () => {
  it('is refused at submit when it uses an open server, with the trail that leads to it', () => {
    const server = createServer();
    const config = { listener: { server } };
    const readPort = (): unknown => config.listener.server.address();
    expect(() => rig.client.submit(() => readPort(), [])).toThrow(
      expect.objectContaining({
        code: 'GRID_PROTOCOL_CAPTURE',
        message: expect.stringMatching(/readPort[^]*config[^]*server/),
        details: expect.objectContaining({ trail: expect.anything(), fix: expect.any(String) }),
      }),
    );
  });

  it('is refused at submit when it uses a generator that has begun', () => {
    const numbers = (function* (): Generator<number> {
      yield 1;
    })();
    expect(() => rig.client.submit(() => [...numbers], [])).toThrow(
      expect.objectContaining({ code: 'GRID_PROTOCOL_CAPTURE', message: expect.stringContaining('numbers') }),
    );
  });

  it('leaves the cluster as it was', expectHealthy);
});

describe('a task that ends its thread', () => {
  it('fails alone when it calls process.exit', async () => {
    using future = rig.client.submit(() => process.exit(3), []);
    await expect(future.result({ timeout: 8000 })).rejects.toMatchObject({ code: 'GRID_WORKER_THREAD_LOST' });
    await expectHealthy();
  });

  it('fails alone when it uses more memory than its thread may have', async () => {
    using future = rig.client.submit(() => {
      const rows: number[][] = [];
      for (;;) rows.push(new Array<number>(1_000_000).fill(1.5));
    }, []);
    await expect(future.result({ timeout: 9000 })).rejects.toMatchObject({
      code: 'GRID_TASK_OUT_OF_MEMORY',
      details: { key: future.key, heapLimit: expect.any(Number) },
    });
    await expectHealthy();
  });

  it('fails alone when it calls process.exit beside a task in another thread of its worker', async () => {
    await using small = await startRig({ nWorkers: 1, threadsPerWorker: 2 });
    const [running, gate] = [new Tally(folder.file('beside')), new Gate(folder.file('gate-beside'))];
    const neighbour = small.client.submit(
      (file: string, gateFile: string) => {
        note(file, 'runs');
        return holdAtGate(gateFile, 'undisturbed');
      },
      [running.file, gate.file],
    );
    await until('the neighbour runs', () => running.count === 1);
    using future = small.client.submit(() => process.exit(1), []);
    await expect(future.result({ timeout: 8000 })).rejects.toMatchObject({ code: 'GRID_WORKER_THREAD_LOST' });
    gate.open();
    expect(await neighbour.result({ timeout: 8000 })).toBe('undisturbed');
    expect(running.count).toBe(1);
  });

  it.each([
    ['throws', () => void setImmediate(() => JSON.parse('{'))],
    ['rejects', () => void Promise.reject(new RangeError('nobody looks'))],
  ])('does no harm to others when something %s after it is over', async (_, act) => {
    const futures = rig.client.map(
      (index: number) => {
        act();
        return index;
      },
      [1, 2, 3, 4, 5, 6],
      { pure: false, retries: 3 },
    );
    await rig.client.wait(futures, { timeout: 8000 });
    await expectHealthy();
  });

  it('is stopped when its time is up, also in the middle of a loop', async () => {
    using future = rig.client.submit(
      () => {
        for (;;);
      },
      [],
      { timeout: 200 },
    );
    await expect(future.result({ timeout: 8000 })).rejects.toMatchObject({ code: 'GRID_WORKER_TASK_TIMEOUT' });
    await expectHealthy();
  });

  it('is stopped when its time is up while it waits', async () => {
    using future = rig.client.submit(async () => new Promise(() => {}), [], { timeout: 200 });
    await expect(future.result({ timeout: 8000 })).rejects.toMatchObject({ code: 'GRID_WORKER_TASK_TIMEOUT' });
    await expectHealthy();
  });
});

describe('a task that nobody wants any more', () => {
  it('is stopped in the middle of an endless loop, and its slot is free', async () => {
    const tally = new Tally(folder.file('endless'));
    const endless = (file: string, index: number): void => {
      note(file, String(index));
      for (;;);
    };
    const futures = rig.client.starmap(endless, [
      [tally.file, 0],
      [tally.file, 1],
    ]);
    await until('both loops run', () => tally.count === 2);
    await rig.client.cancel(futures);
    await expectHealthy();
  });

  it('is not started if it has not begun', async () => {
    const gate = new Gate(folder.file('gate'));
    const tally = new Tally(folder.file('never'));
    const blockers = rig.client.starmap(holdAtGate, [
      [gate.file, 0],
      [gate.file, 1],
    ]);
    const waiting = rig.client.submit((file: string, _: unknown) => note(file, 'ran'), [tally.file, blockers]);
    await rig.client.cancel([waiting]);
    gate.open();
    await rig.client.gather(blockers);
    await expectHealthy();
    expect(tally.count).toBe(0);
  });
});
