import { describe, expect, it } from '@jest/globals';
import { Event, Variable } from '@grid/client';
import { getTask, rejoin, Reschedule, secede, workerClient } from '@grid/client/task';

import { Gate, holdAtGate } from './support/gate.js';
import { startRig } from './support/start-cluster.js';
import { TempFolder } from './support/temp-folder.js';

const inc = (x: number): number => x + 1;

describe('a task that leaves its slot', () => {
  it('lets any number of tasks wait for what a later one brings about', async () => {
    await using rig = await startRig({ nWorkers: 1 });
    const waiting = rig.client.map(
      async (n: number) => {
        secede();
        await new Event('go').wait({ timeout: '20s' });
        return n;
      },
      [...Array(30).keys()],
    );
    using setting = rig.client.submit(async () => new Event('go').set(), []);
    await setting.result();
    expect(await rig.client.gather(waiting)).toEqual([...Array(30).keys()]);
  });

  it('is replaced by another thread if it computes on', async () => {
    await using rig = await startRig({ nWorkers: 1 });
    using folder = new TempFolder();
    const gate = new Gate(folder.file('gate'));
    using holding = rig.client.submit(
      (file: string) => {
        secede();
        return holdAtGate(file, 'held');
      },
      [gate.file],
    );
    using other = rig.client.submit(inc, [1]);
    expect(await other.result({ timeout: '15s' })).toBe(2);
    expect(holding.isDone).toBe(false);
    gate.open();
    expect(await holding.result()).toBe('held');
  });

  it('gets one again when it asks for it', async () => {
    await using rig = await startRig({ nWorkers: 1 });
    const futures = rig.client.map(
      async (n: number) => {
        secede();
        await new Event('on').wait({ timeout: '20s' });
        await rejoin();
        await rejoin();
        return n;
      },
      [...Array(10).keys()],
    );
    await new Event('on', { client: rig.client }).set();
    expect(await rig.client.gather(futures)).toEqual([...Array(10).keys()]);
  });

  it('has the client of its thread meanwhile, and its slot again afterwards', async () => {
    await using rig = await startRig({ nWorkers: 1 });
    const futures = rig.client.map(
      async (n: number) => {
        const sum = await workerClient(async (client) => client.submit(inc, [n], { pure: false }).result());
        return sum + 1;
      },
      [...Array(10).keys()],
    );
    expect(await rig.client.gather(futures)).toEqual(Array.from({ length: 10 }, (_, n) => n + 2));
  });

  it('is a task: a program has no slot to leave', async () => {
    expect(secede).toThrow(expect.objectContaining({ code: 'GRID_CLIENT_NOT_IN_TASK' }));
    await expect(rejoin()).rejects.toMatchObject({ code: 'GRID_CLIENT_NOT_IN_TASK' });
    await expect(workerClient(inc as never)).rejects.toMatchObject({ code: 'GRID_CLIENT_NOT_IN_TASK' });
  });
});

it('a task that throws Reschedule is run again, and none of its retries is used up', async () => {
  await using rig = await startRig();
  await new Variable<number>('runs', { client: rig.client }).set(0);
  using future = rig.client.submit(async () => {
    const runs = new Variable<number>('runs');
    const run = (await runs.get()) + 1;
    await runs.set(run);
    if (run < 4) throw new Reschedule('not yet');
    return [getTask()?.key, run];
  }, []);
  expect(await future.result()).toEqual([future.key, 4]);
});
