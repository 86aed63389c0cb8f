import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from '@grid/client';

import { Program } from './support/program.js';
import { rejection } from './support/rejection.js';
import { startCluster, startRig } from './support/start-cluster.js';
import { Tally } from './support/tally.js';
import { TempFolder } from './support/temp-folder.js';
import { until } from './support/until.js';

const TOKEN = { GRID_TOKEN: 'a-token-that-is-long-enough-for-these-tests-0123456789' };

let folder: TempFolder;

beforeEach(() => {
  folder = new TempFolder();
});

afterEach(() => folder[Symbol.dispose]());

describe('a task that no worker may run', () => {
  it('fails after the time that the cluster waits for workers, and says what is missing', async () => {
    await using rig = await startRig({ nWorkers: 1, noWorkersTimeout: '300ms' });
    const future = rig.client.submit(() => 1, [], { resources: { GPU: 1 } });
    const child = rig.client.submit((x: number) => x, [future]);
    const error = await rejection(future.result());
    expect(error).toMatchObject({ code: 'GRID_SCHEDULER_NO_VALID_WORKER', details: { reason: 'no-such-resource' } });
    expect(String(error)).toMatch(/GPU.*300 ms/);
    expect(await rejection(child.result())).toMatchObject({ code: 'GRID_SCHEDULER_NO_VALID_WORKER' });
    expect(await rig.client.submit(() => 2, []).result()).toBe(2);
  });

  it('fails where there is no worker at all; tried again it runs when there is one', async () => {
    await using rig = await startRig({ nWorkers: 1, noWorkersTimeout: '300ms' });
    await rig.cluster.scale(0);
    const future = rig.client.submit(() => 3, []);
    expect(await rejection(future.result())).toMatchObject({ code: 'GRID_SCHEDULER_NO_WORKERS' });
    await rig.cluster.scale(1);
    await rig.client.retry([future]);
    expect(await future.result()).toBe(3);
  });
});

describe('a scheduler with nothing to do', () => {
  it('closes after its idle time, but not while tasks run, and its workers end with it', async () => {
    await using cluster = await startCluster({ nWorkers: 1, idleTimeout: '500ms' });
    await using client = await Client.connect(cluster);
    const slow = client.submit(async () => {
      await new Promise((resolve) => setTimeout(resolve, 1200));
      return 'done';
    }, []);
    expect(await slow.result()).toBe('done');
    expect(client.status).toBe('running');
    await until('the scheduler is gone', () => client.status === 'lost');
    await until('the worker is gone', () => cluster.workers.size === 0);
    expect(() => client.submit(() => 1, [])).toThrow(expect.objectContaining({ code: 'GRID_CLIENT_SCHEDULER_LOST' }));
  });
});

describe('a client that is silent', () => {
  it('is given up, with what it wants, though its line is open', async () => {
    await using rig = await startRig({ clientTtl: '1s' });
    const tally = new Tally(folder.file('tally'));
    await using program = Program.fixture('occupy-a-cluster.mjs', [rig.cluster.schedulerAddress, tally.file], {
      GRID_TOKEN: rig.cluster.token,
    });
    await program.firstJson();
    await until('both workers are in its loops', () => tally.count === 2);
    program.kill('SIGSTOP');
    await until('its tasks are forgotten', async () => {
      const { tasks } = await rig.client.schedulerInfo();
      return Object.values(tasks as Record<string, number>).every((count) => count === 0);
    });
    // This one has said all the time that it is there.
    expect(await rig.client.submit(() => 'here', []).result()).toBe('here');
    program.kill('SIGKILL');
    await program.ends();
  });
});

describe('a scheduler file', () => {
  it('is waited for by workers and clients that come before the scheduler, and is gone after it', async () => {
    const file = folder.file('scheduler.json');
    await using worker = Program.binary(
      'worker',
      ['--scheduler-file', file, '--nthreads', '1', '--no-dashboard'],
      TOKEN,
    );
    const connecting = Client.connect(undefined, { schedulerFile: file, token: TOKEN.GRID_TOKEN, timeout: '60s' });
    await using scheduler = Program.binary(
      'scheduler',
      ['--port', '0', '--no-dashboard', '--scheduler-file', file, '--idle-timeout', '2s'],
      TOKEN,
    );
    await using client = await connecting;
    await client.waitForWorkers(1);
    expect(await client.submit((x: number) => x + 1, [1]).result()).toBe(2);
    await client.close();
    // Nobody asks for anything any more.
    expect(await scheduler.ends()).toMatchObject({ code: 0 });
    // Nothing was lost: it has closed in order.
    expect(await worker.ends()).toMatchObject({ code: 0 });
    expect(await rejection(Client.connect(undefined, { schedulerFile: file, timeout: 100 }))).toMatchObject({
      code: 'GRID_CLIENT_CONNECT_FAILED',
      details: { file },
    });
  });
});
