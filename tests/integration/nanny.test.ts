import { afterEach, describe, expect, it } from '@jest/globals';

import { Client } from '@grid/client';
import { nullLogger, type GridError } from '@grid/common';
import { Nanny, type NannyLimits } from '@grid/nanny';

import { Program } from './support/program.js';
import { isAlive } from './support/processes.js';
import { rejection } from './support/rejection.js';
import { startRig } from './support/start-cluster.js';
import { until } from './support/until.js';

describe('a worker of a local cluster that is killed', () => {
  it('is there again within half a second, at its place and with its name', async () => {
    await using rig = await startRig({ nWorkers: 1 });
    const times: number[] = [];
    for (let round = 0; round < 2; round += 1) {
      const pid = rig.cluster.workers.get('0')?.pid ?? 0;
      const begin = performance.now();
      process.kill(pid, 'SIGKILL');
      await until('there is another process', () => rig.cluster.workers.get('0')?.pid !== pid);
      times.push(performance.now() - begin);
      expect(await rig.client.submit(() => process.pid, [], { pure: false }).result({ timeout: 5000 })).not.toBe(pid);
    }
    expect(Math.min(...times)).toBeLessThan(500);
    expect([...rig.cluster.workers.keys()]).toEqual(['0']);
  });

  it('leaves what it printed behind, beside what the next one prints', async () => {
    await using rig = await startRig({ nWorkers: 1 });
    const { pid = 0 } = rig.cluster.workers.get('0') ?? {};
    await rig.client.submit(() => console.log('last words'), []).result();
    process.kill(pid ?? 0, 'SIGKILL');
    await until('there is another process', () => rig.cluster.workers.get('0')?.pid !== pid);
    const log = rig.cluster.getLogs()['0'] ?? [];
    expect(log.filter((line) => line.includes('Registered to:'))).toHaveLength(2);
    expect(log.some((line) => line.includes('last words'))).toBe(true);
  });
});

describe('a worker that takes more memory than it may', () => {
  it('is killed and started anew, as often as a task may kill workers, which then fails with what was seen', async () => {
    await using rig = await startRig({ memoryLimit: '256 MiB' });
    const greedy = rig.client.submit(
      () => {
        // Not on any heap, so that nothing but the process as a whole has a limit for it.
        const kept: Buffer[] = [];
        for (;;) kept.push(Buffer.alloc(8 * 2 ** 20, 1));
      },
      [],
      { workers: '0' },
    );
    const { pid } = rig.cluster.workers.get('1') ?? {};
    const error = (await rejection(greedy.result({ timeout: 20_000 }))) as GridError;
    expect(error).toMatchObject({
      code: 'GRID_SCHEDULER_KILLED_WORKER',
      message: expect.stringContaining('of memory and was killed'),
      details: { deaths: 4, evidence: Array.from({ length: 4 }, () => ({ exit: { cause: 'memory' } })) },
    });
    const [first] = error.details['evidence'] as { exit: { memory: number; memoryLimit: number } }[];
    expect(first?.exit.memory).toBeGreaterThan(0.95 * (first?.exit.memoryLimit ?? 0));
    // Whoever was not involved goes on.
    expect(rig.cluster.workers.get('1')?.pid).toBe(pid);
    expect(await rig.client.submit((x: number) => x + 1, [1]).result({ timeout: 5000 })).toBe(2);
  }, 30_000);
});

describe('grid-worker', () => {
  const ENV = { GRID_TOKEN: 'a-token-of-this-test-that-is-long-enough-0123456789' };
  const FLAGS = ['--nthreads', '1', '--no-dashboard', '--print-address-json', '--memory-limit', '1 GiB'];

  const open: AsyncDisposable[] = [];

  afterEach(async () => {
    for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]();
  });

  function opened<T extends AsyncDisposable>(each: T): T {
    open.push(each);
    return each;
  }

  /** A scheduler, a client, `grid-worker`, and the number of the worker's process. */
  async function start(...flags: string[]): Promise<{ worker: Program; client: Client; pid: number }> {
    const scheduler = opened(
      Program.binary('scheduler', ['--port', '0', '--no-dashboard', '--print-address-json'], ENV),
    );
    const { address } = await scheduler.firstJson<{ address: string }>();
    const worker = opened(Program.binary('worker', [address, ...FLAGS, ...flags], ENV));
    const { pid } = await worker.firstJson<{ pid: number }>();
    return { worker, client: opened(await Client.connect(address, { token: ENV.GRID_TOKEN })), pid };
  }

  it('keeps a worker of its name alive, whatever happens to its process', async () => {
    const started = await start('--name', 'anna');
    expect(started.pid).not.toBe(started.worker.pid);
    const run = (): Promise<Record<string, number>> => started.client.run(() => process.pid, [], { workers: 'anna' });
    process.kill(started.pid, 'SIGKILL');
    await until('the next one is there', async () => {
      const pids = Object.values(await run().catch(() => ({})));
      return pids.length === 1 && pids[0] !== started.pid;
    });
  });

  it('that is killed takes its worker along', async () => {
    const started = await start();
    started.worker.kill('SIGKILL');
    await started.worker.ends();
    await until('the worker is gone', () => !isAlive(started.pid));
  });

  it('ends with a worker that leaves in order', async () => {
    const started = await start();
    process.kill(started.pid, 'SIGTERM');
    expect(await started.worker.ends()).toEqual({ code: 0, signal: null });
  });

  it('is the worker itself if it is to have no nanny', async () => {
    const started = await start('--no-nanny');
    expect(started.pid).toBe(started.worker.pid);
    process.kill(started.pid, 'SIGKILL');
    expect(await started.worker.ends()).toEqual({ code: null, signal: 'SIGKILL' });
  });
});

describe('a nanny', () => {
  const entry = new URL('fixtures/nanny-child.mjs', import.meta.url);

  function nannyOf(launch: object, limits: Partial<NannyLimits> = {}): Nanny {
    return new Nanny(
      { name: 'anna', command: { entry, env: process.env }, limits },
      { logger: nullLogger, launch: async () => launch },
    );
  }

  it('asks its worker to leave, which is enough for most', async () => {
    const nanny = nannyOf({});
    const { pid } = await nanny.start();
    await nanny.close();
    expect(isAlive(pid)).toBe(false);
    expect(await nanny.closed).toEqual({ code: 0, exit: { code: 0, signal: null } });
    expect(nanny.log).toEqual(['asked: its nanny ends it: closed']);
  });

  it('uses more and more force against a worker that does not listen', async () => {
    const nanny = nannyOf({ isDeaf: true }, { askMs: 20, terminateMs: 20 });
    const { pid } = await nanny.start();
    await nanny.close();
    expect(isAlive(pid)).toBe(false);
    expect((await nanny.closed).exit).toEqual({ code: null, signal: 'SIGKILL' });
    expect(nanny.log).toEqual(['asked: its nanny ends it: closed', 'terminated']);
  });

  it('says how a worker failed to start, with the last that it printed', async () => {
    const nanny = nannyOf({ exitsWith: 4 });
    await expect(nanny.start()).rejects.toMatchObject({
      code: 'GRID_NANNY_START_FAILED',
      details: { code: 4, output: ['no luck'] },
    });
    expect((await nanny.closed).code).toBe(4);
  });

  it('ends a process that cannot be told what to be, and passes the reason on', async () => {
    const reason = new RangeError('no scheduler');
    const nanny = new Nanny(
      { name: 'anna', command: { entry, env: process.env } },
      { logger: nullLogger, launch: () => Promise.reject(reason) },
    );
    await expect(nanny.start()).rejects.toBe(reason);
    await nanny.closed;
  });

  it('restarts its worker when it is asked to, also one that is dead at that moment', async () => {
    await using nanny = nannyOf({});
    const { pid } = await nanny.start();
    const [second, same] = await Promise.all([nanny.restart(), nanny.restart()]);
    expect(second.pid).not.toBe(pid);
    expect(same.pid).toBe(second.pid);
    process.kill(second.pid, 'SIGKILL');
    expect((await nanny.restart()).pid).not.toBe(second.pid);
  });
});
