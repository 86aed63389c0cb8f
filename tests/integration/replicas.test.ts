import type { Future } from '@grid/client';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { startRig, type Rig } from './support/start-cluster.js';
import { until } from './support/until.js';

let rig: Rig;

beforeEach(async () => {
  rig = await startRig();
});

afterEach(async () => {
  await rig[Symbol.asyncDispose]();
});

const addressOf = (name: string): string => rig.cluster.workers.get(name)?.address ?? '';

describe('the active memory manager', () => {
  it('has copies dropped that tasks have left behind, once nothing needs them', async () => {
    await rig.client.amm.stop();
    expect(await rig.client.amm.running()).toBe(false);
    using data = rig.client.submit(() => new Float64Array(10_000).fill(2), [], { workers: addressOf('0') });
    using sum = rig.client.submit((xs: Float64Array) => xs.reduce((a, b) => a + b, 0), [data], {
      workers: addressOf('1'),
    });
    expect(await sum.result()).toBe(20_000);
    expect((await rig.client.whoHas([data]))[data.key]).toHaveLength(2);
    await rig.client.amm.runOnce();
    expect((await rig.client.whoHas([data]))[data.key]).toHaveLength(1);
    await until('the copy is gone from the memory of its worker as well', async () => {
      const held = await rig.client.hasWhat();
      return Object.values(held).flat().length === 2;
    });
    expect((await data.result()).length).toBe(10_000);
  });

  it('runs by itself, and leaves copies alone that were asked for', async () => {
    expect(await rig.client.amm.running()).toBe(true);
    const [wide] = await rig.client.scatter([new Float64Array(1000)], { broadcast: true });
    using data = rig.client.submit(() => new Float64Array(10_000).fill(2), [], { workers: addressOf('0') });
    using sum = rig.client.submit((xs: Float64Array) => xs.length, [data], { workers: addressOf('1') });
    await sum.result();
    await until('the copy is gone', async () => (await rig.client.whoHas([data]))[data.key]?.length === 1);
    expect((await rig.client.whoHas([wide]))[wide.key]).toHaveLength(2);
    wide.release();
  });
});

describe('results on three workers', () => {
  let three: Rig;

  beforeEach(async () => {
    three = await startRig({ nWorkers: 3, nanny: false });
  });

  afterEach(async () => {
    await three[Symbol.asyncDispose]();
  });

  /** How many workers have each of these. */
  async function copiesOf(...futures: readonly Future<unknown>[]): Promise<(number | undefined)[]> {
    const holders = await three.client.whoHas(futures);
    return futures.map(({ key }) => holders[key]?.length);
  }

  it('are copied to as many as are wanted, where they are wanted, and stay there', async () => {
    const { client, cluster } = three;
    const first = cluster.workers.get('0')?.address ?? '';
    using small = client.submit(() => [1, 2, 3], [], { workers: first });
    using large = client.submit(() => new Float64Array(1_000_000).fill(5), []);
    await client.replicate([small, large]);
    expect(await copiesOf(small, large)).toEqual([3, 3]);
    await client.amm.runOnce();
    expect(await copiesOf(small, large)).toEqual([3, 3]);
    await client.replicate([large], { n: 2 });
    await client.replicate([small], { n: 1, workers: ['1', '2'] });
    expect(await copiesOf(small, large)).toEqual([2, 2]);
    process.kill(cluster.workers.get('0')?.pid ?? 0, 'SIGKILL');
    await until('the worker is gone', () => !cluster.workers.has('0'));
    expect((await large.result())[999_999]).toBe(5);
    expect(await small.result()).toEqual([1, 2, 3]);
  });

  it('are scattered to all or to some, and pass from one to the other', async () => {
    const [wide] = await three.client.scatter([new Float64Array(100_000).fill(1)], { broadcast: true });
    const [some] = await three.client.scatter([new Float64Array(1000)], { broadcast: 2 });
    expect(await copiesOf(wide, some)).toEqual([3, 2]);
    const [again] = await three.client.scatter([new Float64Array(1000)], { broadcast: true });
    expect(again.key).toBe(some.key);
    expect(await copiesOf(again)).toEqual([3]);
    for (const future of [wide, some, again]) future.release();
  });

  it('say so when they cannot be copied', async () => {
    using failing = three.client.submit(() => {
      throw new RangeError('no');
    }, []);
    await expect(three.client.replicate([failing])).rejects.toMatchObject({
      code: 'GRID_CLIENT_NOT_PLACED',
      details: { keys: [failing.key] },
    });
    await expect(three.client.replicate([failing], { n: 0 })).rejects.toMatchObject({ code: 'GRID_CLIENT_BAD_OPTION' });
    using one = three.client.submit(() => 1, []);
    await expect(three.client.replicate([one], { workers: 'nobody' })).rejects.toMatchObject({
      code: 'GRID_SCHEDULER_UNKNOWN_WORKER',
    });
  });
});

describe('results that lie on one worker', () => {
  it('are moved until both use about the same memory, and none is lost', async () => {
    await using tight = await startRig({
      memoryLimit: '320 MiB',
      memoryPauseFraction: false,
      nanny: false,
      memoryTargetFraction: false,
      memorySpillFraction: false,
    });
    const [first] = [...tight.cluster.workers.values()];
    const here = { workers: first?.address ?? '' };
    const pieces = tight.client.map((n: number) => new Float64Array(2 ** 20).fill(n), [...Array(16).keys()], here);
    await tight.client.wait(pieces, { timeout: 10_000 });
    await until('both have said how much memory they use', async () => {
      const { workers } = await tight.client.schedulerInfo();
      return Object.values(workers).every(({ metrics }) => 'memoryBreakdown' in metrics);
    });
    await tight.client.rebalance(pieces, { timeout: 10_000 });
    const counts = Object.values(await tight.client.hasWhat()).map((keys) => keys.length);
    expect(counts.reduce((a, b) => a + b, 0)).toBe(16);
    // Not the half: what the processes themselves use counts as well. Once it was 4 of 16.
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(3);
    expect((await tight.client.gather(pieces)).map((piece) => piece[1])).toEqual([...Array(16).keys()]);
  });
});
