import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { Gate, holdAtGate } from './support/gate.js';
import { isAlive } from './support/processes.js';
import { startRig, type Rig } from './support/start-cluster.js';
import { note, Tally } from './support/tally.js';
import { TempFolder } from './support/temp-folder.js';
import { until } from './support/until.js';

let rig: Rig;
let folder: TempFolder;

beforeEach(async () => {
  folder = new TempFolder();
  rig = await startRig();
});

afterEach(async () => {
  await rig[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

const addressOf = (name: string): string => rig.cluster.workers.get(name)?.address ?? '';

async function statusOf(address: string): Promise<unknown> {
  const { workers } = await rig.client.schedulerInfo();
  return workers[address]?.status;
}

describe('a worker that is retired', () => {
  it('leaves nothing behind: results, scattered data and what it runs, and nothing is computed twice', async () => {
    const [leaver, stayer] = [addressOf('0'), addressOf('1')];
    const pid = rig.cluster.workers.get('0')?.pid ?? 0;
    const gate = new Gate(folder.file('gate'));
    const tally = new Tally(folder.file('tally'));
    const make = (file: string, n: number): Float64Array => {
      note(file, 'ran');
      return new Float64Array(5000).fill(n);
    };
    const here = { workers: leaver, allowOtherWorkers: true };
    const made = rig.client.starmap(
      make,
      Array.from({ length: 50 }, (_, n) => [tally.file, n] as [string, number]),
      here,
    );
    const { cargo } = await rig.client.scatter({ cargo: new Float64Array(2000).fill(7) }, { workers: leaver });
    await rig.client.wait(made);
    using running = rig.client.submit(holdAtGate<number>, [gate.file, 42], here);
    const inLine = rig.client.map((n: number) => n + 1, [1, 2, 3], here);
    await until('one runs', async () => (await rig.client.story(running)).some(({ to }) => to === 'executing'));
    const retired = rig.client.retireWorkers({ workers: '0', timeout: 20_000 });
    // What has not begun does not wait for what runs there.
    expect(await rig.client.gather(inLine, { timeout: 10_000 })).toEqual([2, 3, 4]);
    expect(await statusOf(leaver)).toBe('closing-gracefully');
    gate.open();
    expect(await retired).toEqual([leaver]);
    expect(await running.result()).toBe(42);
    await until('its process has ended', () => !isAlive(pid));
    const values = await rig.client.gather(made);
    expect(values.map((value) => value[4999])).toEqual(Array.from({ length: 50 }, (_, n) => n));
    expect((await cargo.result())[1999]).toBe(7);
    expect(tally.count).toBe(50);
    expect(Object.keys(await rig.client.hasWhat())).toEqual([stayer]);
    cargo.release();
  });

  it('stays if nobody can take its results, says why, and works on', async () => {
    using data = rig.client.submit(() => new Float64Array(5000), [], { workers: addressOf('0') });
    await rig.client.wait([data]);
    await expect(rig.client.retireWorkers({ workers: ['0', '1'], timeout: 5000 })).rejects.toMatchObject({
      code: 'GRID_CLIENT_NOT_RETIRED',
      message: expect.stringContaining('no other worker takes data'),
      details: { retired: [addressOf('1')], kept: [{ worker: addressOf('0') }] },
    });
    using sum = rig.client.submit((xs: Float64Array) => xs.length, [data]);
    expect(await sum.result({ timeout: 5000 })).toBe(5000);
  });

  it('stays if its tasks take too long', async () => {
    const gate = new Gate(folder.file('gate'));
    using running = rig.client.submit(holdAtGate<number>, [gate.file, 42], { workers: '0' });
    await until('it runs', async () => (await rig.client.story(running)).some(({ to }) => to === 'executing'));
    await expect(rig.client.retireWorkers({ workers: '0', timeout: 200 })).rejects.toMatchObject({
      code: 'GRID_CLIENT_NOT_RETIRED',
      message: expect.stringContaining('the time is up'),
    });
    expect(await statusOf(addressOf('0'))).toBe('running');
    gate.open();
    expect(await running.result()).toBe(42);
  });

  it('is one of the idle ones if nobody says which, and may stay without tasks', async () => {
    using data = rig.client.submit(() => 1, [], { workers: '1' });
    await rig.client.wait([data]);
    expect(await rig.client.retireWorkers({ n: 1, closeWorkers: false, remove: false })).toEqual([addressOf('0')]);
    expect(await statusOf(addressOf('0'))).toBe('closing-gracefully');
    await expect(rig.client.retireWorkers({ workers: 'nobody' })).rejects.toMatchObject({
      code: 'GRID_SCHEDULER_UNKNOWN_WORKER',
    });
  });
});
