import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { startRig, type Rig } from './support/start-cluster.js';
import { note, Tally } from './support/tally.js';
import { TempFolder } from './support/temp-folder.js';
import { until } from './support/until.js';

let rig: Rig;
let folder: TempFolder;

beforeAll(async () => {
  folder = new TempFolder();
  rig = await startRig();
});

afterAll(async () => {
  await rig[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

const pause = async (ms: number): Promise<number> => {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return ms;
};

describe('an executor', () => {
  it('gives promises of results, and of the errors that tasks throw', async () => {
    await using pool = rig.client.getExecutor();
    const by = 6;
    expect(await pool.submit((n: number) => n * by, [7])).toBe(42);
    await expect(
      pool.submit(
        (n: number) => {
          throw new RangeError(`not ${String(n)}`);
        },
        [3],
      ),
    ).rejects.toThrow(new RangeError('not 3'));
  });

  it('runs every call, equal or not, unless it is told that they are pure', async () => {
    const tally = new Tally(folder.file('calls'));
    await using pool = rig.client.getExecutor();
    const count = (file: string): void => note(file, 'ran');
    await Promise.all([pool.submit(count, [tally.file]), pool.submit(count, [tally.file])]);
    expect(tally.count).toBe(2);
    await using pure = rig.client.getExecutor({ pure: true });
    await Promise.all([pure.submit(count, [tally.file]), pure.submit(count, [tally.file])]);
    expect(tally.count).toBe(3);
  });

  it('has no more tasks on the cluster at a time than it was told', async () => {
    await using pool = rig.client.getExecutor({ concurrency: 2 });
    const calls = Array.from({ length: 6 }, async () => pool.submit(pause, [20]));
    expect([pool.activeCount, pool.pendingCount]).toEqual([2, 4]);
    expect(await Promise.all(calls)).toEqual([20, 20, 20, 20, 20, 20]);
    expect([pool.activeCount, pool.pendingCount]).toEqual([0, 0]);
  });

  it('passes options on to its tasks', async () => {
    const [worker = ''] = Object.keys(await rig.client.nthreads());
    await using pool = rig.client.getExecutor({ workers: worker });
    const where = (): number => process.pid;
    const pids = await pool.map(where, [1, 2, 3, 4]);
    expect(new Set(pids).size).toBe(1);
  });

  it('gives a call up whose signal fires, before it has a place and after', async () => {
    await using pool = rig.client.getExecutor({ concurrency: 1 });
    const running = new AbortController();
    const waiting = new AbortController();
    const first = pool.submit(pause, [60_000], { signal: running.signal });
    const second = pool.submit(pause, [1], { signal: waiting.signal });
    waiting.abort(new Error('not any more'));
    await expect(second).rejects.toThrow('not any more');
    running.abort(new Error('nor this'));
    await expect(first).rejects.toThrow('nor this');
    expect(await pool.submit(pause, [1])).toBe(1);
  });

  it('is closed when what it runs is done, and takes nothing then', async () => {
    const pool = rig.client.getExecutor();
    const call = pool.submit(pause, [50]);
    await pool.close();
    expect(await call).toBe(50);
    await expect(pool.submit(pause, [1])).rejects.toMatchObject({ code: 'GRID_CLIENT_CLOSED' });
    await pool.close();
  });

  it('gives up what it runs, if it is closed so', async () => {
    const pool = rig.client.getExecutor();
    const call = expect(pool.submit(pause, [60_000])).rejects.toMatchObject({ code: 'GRID_CLIENT_CLOSED' });
    await pool.close({ cancel: true });
    await call;
  });

  it('refuses options that make no sense at once', () => {
    const bad = expect.objectContaining({ code: 'GRID_CLIENT_BAD_OPTION' });
    expect(() => rig.client.getExecutor({ concurrency: 0 })).toThrow(bad);
    expect(() => rig.client.getExecutor({ retries: -1 })).toThrow(bad);
  });
});

describe('map of an executor', () => {
  it('gives all results in order where it is awaited, of asynchronous items too', async () => {
    await using pool = rig.client.getExecutor();
    const late = async (n: number): Promise<number> => {
      await new Promise((resolve) => setTimeout(resolve, 20 - n));
      return n * n;
    };
    expect(await pool.map(late, [1, 5, 9])).toEqual([1, 25, 81]);
    async function* items(): AsyncGenerator<number> {
      for (const n of [2, 3]) {
        await pause(1);
        yield n;
      }
    }
    expect(await pool.map(late, items())).toEqual([4, 9]);
    expect(await pool.map(late, [])).toEqual([]);
  });

  it('gives results one by one where it is iterated, in order or as they come', async () => {
    await using pool = rig.client.getExecutor();
    const items = [200, 1];
    const ordered: number[] = [];
    for await (const ms of pool.map(pause, items)) ordered.push(ms);
    expect(ordered).toEqual([200, 1]);
    const coming: number[] = [];
    for await (const ms of pool.map(pause, items, { ordered: false })) coming.push(ms);
    expect(coming).toEqual([1, 200]);
  });

  it('takes items only as fast as its results are taken', async () => {
    await using pool = rig.client.getExecutor();
    let taken = 0;
    function* items(): Generator<number> {
      for (; taken < 1000; taken += 1) yield taken;
    }
    const results = pool.map((n: number) => n, items(), { concurrency: 5 });
    expect((await results.next()).value).toBe(0);
    expect((await results.next()).value).toBe(1);
    await pause(50);
    expect(taken).toBeLessThan(10);
    await results.return();
  });

  it('ends with the first error, and gives the rest up', async () => {
    const tally = new Tally(folder.file('stopped'));
    await using pool = rig.client.getExecutor({ concurrency: 2 });
    const work = async (n: number): Promise<number> => {
      if (n === 1) throw new RangeError('one');
      await new Promise((resolve) => setTimeout(resolve, 60_000));
      return n;
    };
    await expect(Promise.resolve(pool.map(work, [0, 1, 2, 3]))).rejects.toThrow(new RangeError('one'));
    expect(tally.count).toBe(0);
  });

  it('runs all of them if it is told not to stop, and says at the end what failed', async () => {
    await using pool = rig.client.getExecutor();
    const odd = (n: number): number => {
      if (n % 2 === 0) throw new RangeError(`even ${String(n)}`);
      return n;
    };
    const results: number[] = [];
    const iterate = async (): Promise<void> => {
      for await (const n of pool.map(odd, [1, 2, 3, 4, 5], { stopOnError: false })) results.push(n);
    };
    await expect(iterate()).rejects.toMatchObject({
      name: 'AggregateError',
      errors: [{ message: 'even 2' }, { message: 'even 4' }],
    });
    expect(results).toEqual([1, 3, 5]);
  });

  it('ends when its signal fires, or when nobody takes its results any more', async () => {
    await using pool = rig.client.getExecutor();
    const controller = new AbortController();
    const aborted = expect(Promise.resolve(pool.map(pause, [60_000], { signal: controller.signal }))).rejects.toThrow(
      'enough',
    );
    await until('it runs', () => pool.activeCount === 1);
    controller.abort(new Error('enough'));
    await aborted;
    for await (const ms of pool.map(pause, [1, 60_000])) {
      expect(ms).toBe(1);
      break;
    }
    await until('the rest is given up', () => pool.activeCount === 0);
  });
});
