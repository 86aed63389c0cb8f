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
