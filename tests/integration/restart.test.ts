import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Client, Queue, type Future } from '@grid/client';

import { isAlive } from './support/processes.js';
import { startRig, type Rig } from './support/start-cluster.js';
import { until } from './support/until.js';

let rig: Rig;

beforeEach(async () => {
  rig = await startRig();
});

afterEach(async () => {
  await rig[Symbol.asyncDispose]();
});

function pids(): number[] {
  return [...rig.cluster.workers.values()].map(({ pid }) => pid ?? 0);
}

const endless = (): void => {
  for (;;);
};

describe('restart', () => {
  it('gives up all work of all clients, also what never ends, and starts all workers anew', async () => {
    await using other = await Client.connect(rig.cluster);
    const before = pids();
    const loops = [0, 1].map(() => rig.client.submit(endless, [], { pure: false }));
    const waiting = loops.map((loop) => rig.client.submit((x: unknown) => x, [loop]));
    const theirs = other.submit((x: number) => x + 1, [1]);
    const { kept } = await other.scatter({ kept: new Float64Array(1000) });
    await until('the loops run', async () => (await rig.client.story(...loops)).some(({ to }) => to === 'executing'));

    const outcomes = await rig.client.restart();
    expect(Object.values(outcomes)).toEqual(['restarted', 'restarted']);
    expect([...loops, ...waiting].map(({ status }) => status)).toEqual(Array.from({ length: 4 }, () => 'cancelled'));
    await until('the other client knows', () => theirs.status === 'cancelled' && kept.status === 'cancelled');
    expect(before.filter(isAlive)).toEqual([]);
    expect(pids().filter((pid) => before.includes(pid))).toEqual([]);
    const { tasks, workers } = await rig.client.schedulerInfo();
    expect(Object.values(tasks).reduce((a, b) => a + b, 0)).toBe(0);
    expect(Object.keys(workers)).toHaveLength(2);
    // The same call as before: nothing of it is left that could stand in its way.
    expect(await other.submit((x: number) => x + 1, [1]).result({ timeout: 5000 })).toBe(2);
  });

  it('leaves what refers to results in place, which then leads nowhere', async () => {
    const queue = new Queue<Future<number>>('of futures', { client: rig.client });
    const future = rig.client.submit((x: number) => x * 2, [21]);
    await future.result();
    await queue.put(future);
    await rig.client.restart();
    const found = await queue.get({ timeout: 5000 });
    await expect(found.result({ timeout: 5000 })).rejects.toMatchObject({ code: 'GRID_CLIENT_CANCELLED' });
  });
});

describe('restartWorkers', () => {
  it('starts those anew that are named; the others go on, and what is lost is computed again', async () => {
    const [zero, one] = pids();
    const address = rig.cluster.workers.get('0')?.address ?? '';
    const data = rig.client.submit((n: number) => new Float64Array(n).fill(2), [1000], {
      workers: address,
      allowOtherWorkers: true,
    });
    await rig.client.wait([data]);
    expect(await rig.client.restartWorkers(['0'])).toEqual({ [address]: 'restarted' });
    expect(pids()[0]).not.toBe(zero);
    expect(pids()[1]).toBe(one);
    expect((await data.result({ timeout: 5000 }))[999]).toBe(2);
  });

  it('refuses a name that nobody has', async () => {
    await expect(rig.client.restartWorkers(['nobody'])).rejects.toMatchObject({
      code: 'GRID_SCHEDULER_UNKNOWN_WORKER',
    });
  });

  it('ends workers that have no nanny, and says so', async () => {
    await using plain = await startRig({ nWorkers: 1, nanny: false });
    const { address = '', pid = 0 } = plain.cluster.workers.get('0') ?? {};
    expect(await plain.client.restartWorkers([address])).toEqual({ [address]: 'closed' });
    await until('it is gone', () => !isAlive(pid ?? 0));
  });
});
