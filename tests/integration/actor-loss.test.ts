import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { actorInfo, type Actor } from '@grid/client';

import { isAlive } from './support/processes.js';
import { startRig, type Rig } from './support/start-cluster.js';
import { until } from './support/until.js';

class Counter {
  total = 0;

  add(n: number): number {
    this.total += n;
    return this.total;
  }

  async wait(ms: number): Promise<number> {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return ms;
  }
}

let rig: Rig;

beforeEach(async () => {
  rig = await startRig({ nanny: false });
});

afterEach(async () => {
  await rig[Symbol.asyncDispose]();
});

async function kill(worker: string): Promise<void> {
  const victim = [...rig.cluster.workers.values()].find(({ address }) => address === worker);
  const pid = victim?.pid ?? 0;
  process.kill(pid, 'SIGKILL');
  await until('the process is gone', () => !isAlive(pid));
}

describe('a worker that is killed', () => {
  it('takes its actors along: calls fail, and say which actor, which worker and what to do', async () => {
    const future = rig.client.submit(Counter, [], { actor: true, key: 'doomed' });
    const counter = await future.result();
    const { worker } = actorInfo(counter);
    expect(await counter.add(1)).toBe(1);
    const waiting = counter.wait(60_000);
    const outcome = expect(waiting).rejects.toMatchObject({
      code: 'GRID_ACTOR_LOST',
      message: expect.stringMatching(new RegExp(`doomed.*${worker}.*[Ss]ubmit it again`, 's')),
    });
    await kill(worker);
    await outcome;
    await expect(future.result()).rejects.toMatchObject({ code: 'GRID_ACTOR_LOST' });
    expect(() => counter.add(1)).toThrow(expect.objectContaining({ code: 'GRID_ACTOR_LOST' }));
  });

  it('does not bring its actors back by itself; a new one begins anew', async () => {
    using first = rig.client.submit(Counter, [], { actor: true });
    const counter = await first.result();
    await counter.add(5);
    await kill(actorInfo(counter).worker);
    await until('the loss is known', () => first.status === 'error');
    using second = await rig.client.submit(Counter, [], { actor: true }).result();
    expect(await second.total).toBe(0);
    first.retry();
    using retried = await first.result();
    expect(await retried.total).toBe(0);
  });

  it('fails the tasks that were to use its actors, and not those that have', async () => {
    const counter = await rig.client.submit(Counter, [], { actor: true, key: 'used' }).result();
    const use = async (actor: Actor<Counter>, n: number): Promise<number> => actor.add(n);
    const [survivor = ''] = Object.keys(await rig.client.nthreads()).filter(
      (worker) => worker !== actorInfo(counter).worker,
    );
    using used = rig.client.submit(use, [counter, 2], { workers: survivor });
    expect(await used.result()).toBe(2);
    await kill(actorInfo(counter).worker);
    await until('the loss is known', () => rig.cluster.workers.size === 1);
    expect(await used.result()).toBe(2);
    using late = rig.client.submit(async (n: number) => n, [1]);
    expect(await late.result()).toBe(1);
    expect(() => rig.client.submit(use, [counter, 3])).not.toThrow();
    await expect(rig.client.submit(use, [counter, 4]).result()).rejects.toMatchObject({ code: 'GRID_ACTOR_LOST' });
  });
});

describe('a worker that is to leave', () => {
  it('stays while an actor lives on it, and says which', async () => {
    const future = rig.client.submit(Counter, [], { actor: true, key: 'resident' });
    const counter = await future.result();
    const { worker } = actorInfo(counter);
    await expect(rig.client.retireWorkers({ workers: [worker] })).rejects.toMatchObject({
      code: 'GRID_CLIENT_NOT_RETIRED',
      message: expect.stringContaining('resident'),
    });
    expect(await counter.add(1)).toBe(1);
    counter[Symbol.dispose]();
    future.release();
    expect(await rig.client.retireWorkers({ workers: [worker] })).toEqual([worker]);
  });

  it('is another one, where nobody says which', async () => {
    using counter = await rig.client.submit(Counter, [], { actor: true }).result();
    const retired = await rig.client.retireWorkers();
    expect(retired).not.toContain(actorInfo(counter).worker);
    expect(await counter.add(1)).toBe(1);
  });
});

it('copies of a handle are no copies of its actor: it is neither replicated nor moved', async () => {
  using future = rig.client.submit(Counter, [], { actor: true, key: 'single' });
  using counter = await future.result();
  await expect(rig.client.replicate([future], { n: 2 })).rejects.toMatchObject({ code: 'GRID_CLIENT_NOT_PLACED' });
  await rig.client.rebalance([future]);
  expect((await rig.client.whoHas([future]))['single']).toEqual([actorInfo(counter).worker]);
  expect(await counter.add(2)).toBe(2);
});
