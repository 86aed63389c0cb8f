import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { Gate, holdAtGate, passGate } from './support/gate.js';
import { isAlive } from './support/processes.js';
import { startRig, type Rig } from './support/start-cluster.js';
import { note, Tally } from './support/tally.js';
import { TempFolder } from './support/temp-folder.js';
import { until } from './support/until.js';

let rig: Rig;
let folder: TempFolder;

beforeEach(async () => {
  folder = new TempFolder();
  // Whoever is lost stays away, unless a test says otherwise.
  rig = await startRig({ nanny: false });
});

afterEach(async () => {
  await rig[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

/** Kills a worker's process as a failing machine would, and waits until the cluster has noticed. */
async function kill(name: string): Promise<void> {
  const pid = rig.cluster.workers.get(name)?.pid ?? 0;
  process.kill(pid, 'SIGKILL');
  await until('the process is gone', () => !isAlive(pid));
  await until('the cluster has noticed', () => !rig.cluster.workers.has(name));
}

describe('one worker killed', () => {
  it('in the middle of a map changes nothing in the result: what it ran is run again', async () => {
    const gate = new Gate(folder.file('gate'));
    const tally = new Tally(folder.file('tally'));
    const square = (gateFile: string, tallyFile: string, x: number): number => {
      note(tallyFile, String(x));
      // The first few do not wait, so that the worker has results to lose as well.
      return x < 10 ? x * x : holdAtGate(gateFile, x * x);
    };
    const futures = rig.client.starmap(
      square,
      Array.from({ length: 40 }, (_, x) => [gate.file, tally.file, x] as [string, string, number]),
    );
    await until('both workers are at the gate', () => tally.lines.filter((line) => Number(line) >= 10).length >= 2);
    await kill('0');
    gate.open();
    expect(await rig.client.gather(futures, { timeout: 20_000 })).toEqual(Array.from({ length: 40 }, (_, x) => x * x));
    expect(tally.count).toBeGreaterThan(40);
  });

  it('takes its results along, and they are computed again when they are asked for', async () => {
    const tally = new Tally(folder.file('tally'));
    const make = (file: string, n: number): Float64Array => {
      note(file, 'ran');
      return new Float64Array(n).fill(n);
    };
    const victim = rig.cluster.workers.get('0')?.address ?? '';
    using data = rig.client.submit(make, [tally.file, 5000], { workers: victim, allowOtherWorkers: true });
    using derived = rig.client.submit((xs: Float64Array) => xs.length, [data], {
      workers: victim,
      allowOtherWorkers: true,
    });
    await rig.client.wait([data, derived]);
    await kill('0');
    using total = rig.client.submit(
      (xs: Float64Array, n: number) => xs.reduce((a, b) => a + b, 0) + n,
      [data, derived],
    );
    expect(await total.result({ timeout: 15_000 })).toBe(25_000_000 + 5000);
    expect((await data.result({ timeout: 15_000 })).length).toBe(5000);
    expect(tally.count).toBe(2);
  });

  it('takes scattered data along, which nobody can compute again: its futures fail and say so', async () => {
    const victim = rig.cluster.workers.get('0')?.address ?? '';
    const { cargo } = await rig.client.scatter({ cargo: new Float64Array(2000) }, { workers: victim });
    await kill('0');
    await expect(cargo.result({ timeout: 10_000 })).rejects.toMatchObject({
      code: expect.stringMatching(/^GRID_CLIENT_(CANCELLED|LOST_DATA)$/),
    });
    expect(() => rig.client.submit((xs: Float64Array) => xs.length, [cargo])).toThrow(
      expect.objectContaining({ code: 'GRID_CLIENT_CANCELLED', message: expect.stringContaining('cargo') }),
    );
  });

  it('does not take data along that another worker has a copy of', async () => {
    const { copies } = await rig.client.scatter({ copies: new Float64Array(2000).fill(3) }, { broadcast: true });
    await kill('0');
    expect((await copies.result({ timeout: 10_000 }))[1999]).toBe(3);
  });

  it('while another one fetches from it leads to the right result', async () => {
    const victim = rig.cluster.workers.get('0')?.address ?? '';
    const other = rig.cluster.workers.get('1')?.address ?? '';
    const parts = rig.client.map((n: number) => new Float64Array(2_000_000).fill(n), [1, 2, 3, 4, 5, 6], {
      workers: victim,
      allowOtherWorkers: true,
    });
    await rig.client.wait(parts);
    const sums = rig.client.map((xs: Float64Array) => xs.reduce((a, b) => a + b, 0), parts, { workers: other });
    process.kill(rig.cluster.workers.get('0')?.pid ?? 0, 'SIGKILL');
    expect(await rig.client.gather(sums, { timeout: 20_000 })).toEqual([1, 2, 3, 4, 5, 6].map((n) => n * 2_000_000));
  });
});

describe('a task that kills its worker each time', () => {
  it('fails after a few attempts instead of taking all workers down one after the other for ever', async () => {
    await using kept = await startRig();
    using deadly = kept.client.submit(() => {
      process.stderr.write('it is me\n');
      // The thread's output goes through the event loop of the process.
      setTimeout(() => process.kill(process.pid, 'SIGKILL'), 50);
      return new Promise<never>(() => {});
    }, []);
    await expect(deadly.result({ timeout: 25_000 })).rejects.toMatchObject({
      code: 'GRID_SCHEDULER_KILLED_WORKER',
      details: { evidence: Array.from({ length: 4 }, () => ({ exit: { cause: 'signal', signal: 'SIGKILL' } })) },
      message: expect.stringMatching(/ended by SIGKILL.*\nit is me/s),
    });
    expect(await kept.client.submit((x: number) => x + 1, [1]).result({ timeout: 10_000 })).toBe(2);
  }, 40_000);
});

describe('all workers killed', () => {
  it('leaves futures waiting, `wait` says for what, and a new worker finishes them', async () => {
    const gate = new Gate(folder.file('gate'));
    const tally = new Tally(folder.file('tally'));
    const work = async (gateFile: string, tallyFile: string, x: number): Promise<number> => {
      note(tallyFile, String(x));
      return passGate(gateFile, x + 1);
    };
    const futures = rig.client.starmap(work, [
      [gate.file, tally.file, 1],
      [gate.file, tally.file, 2],
      [gate.file, tally.file, 3],
    ]);
    await until('tasks run', () => tally.count >= 2);
    await Promise.all([kill('0'), kill('1')]);
    await expect(rig.client.wait(futures, { timeout: 300 })).rejects.toMatchObject({
      code: 'GRID_CLIENT_TIMEOUT',
      message: expect.stringMatching(/3 of 3 tasks were not done.*no workers are connected/),
    });
    expect(futures.map(({ status }) => status)).toEqual(['pending', 'pending', 'pending']);
    gate.open();
    await rig.cluster.scale(1);
    expect(await rig.client.gather(futures, { timeout: 15_000 })).toEqual([2, 3, 4]);
  });

  it('leaves a task that is submitted afterwards waiting for the next worker', async () => {
    await Promise.all([kill('0'), kill('1')]);
    using future = rig.client.submit((x: number) => x + 1, [1]);
    await expect(future.result({ timeout: 200 })).rejects.toMatchObject({ code: 'GRID_CLIENT_TIMEOUT' });
    await rig.cluster.scale(1);
    expect(await future.result({ timeout: 15_000 })).toBe(2);
  });
});
