import { writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Variable } from '@grid/client';
import { getClient, getWorkerAddress } from '@grid/client/task';

import { Program } from './support/program.js';
import { rejection } from './support/rejection.js';
import { startRig, type Rig } from './support/start-cluster.js';
import { TempFolder } from './support/temp-folder.js';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ dashboardAddress: '127.0.0.1:0' });
});

afterAll(async () => rig[Symbol.asyncDispose]());

describe('Client.current', () => {
  it('is the client that was connected last and is open', async () => {
    expect(Client.current()).toBe(rig.client);
    const other = await Client.connect(rig.cluster);
    expect(Client.current()).toBe(other);
    await other.close();
    expect(Client.current()).toBe(rig.client);
  });

  it('is what asCurrent says, behind awaits too, and so is what finds its client by itself', async () => {
    await using own = await startRig({ processes: false, nWorkers: 1 });
    await rig.client.asCurrent(async () => {
      expect(Client.current()).toBe(rig.client);
      await pause(1);
      await new Variable<string>('whose').set('of the rig');
      expect(await own.client.asCurrent(async () => Client.current())).toBe(own.client);
    });
    expect(await new Variable<string>('whose', { client: rig.client }).get({ timeout: '5s' })).toBe('of the rig');
    expect(Client.current()).toBe(own.client);
  });

  it('is refused where there is none, where it is closed, and in tasks, which have one of their own', async () => {
    const other = await Client.connect(rig.cluster);
    const closed = await other.asCurrent(async () => {
      await other.close();
      return Promise.resolve().then(() => rejection(Promise.resolve().then(() => Client.current())));
    });
    expect(closed).toMatchObject({ code: 'GRID_CLIENT_NO_CLIENT' });
    expect(() => other.asCurrent(() => 1)).toThrow(/closed/);
    using inTask = rig.client.submit(() => Client.current().id, [], { pure: false });
    expect(await rejection(inTask.result())).toMatchObject({ code: 'GRID_CLIENT_NO_CLIENT' });
  });
});

it('scatters from a task to the worker that runs it', async () => {
  const where = async (): Promise<[string | undefined, string[]]> => {
    const [data] = await getClient().scatter([new Uint8Array(100)], { hash: false });
    const holders = await getClient().whoHas(data === undefined ? [] : [data]);
    return [getWorkerAddress(), Object.values(holders).flat()];
  };
  for (const { address } of rig.cluster.workers.values()) {
    using future = rig.client.submit(where, [], { workers: address, pure: false });
    expect(await future.result()).toEqual([address, [address]]);
  }
});

it('tells where the scheduler answers over HTTP', async () => {
  expect(await rig.client.dashboardLink()).toBe(rig.cluster.dashboardLink);
  const { status } = await fetch(`${(await rig.client.dashboardLink()) ?? ''}/health`);
  expect(status).toBe(200);
});

describe('a scheduler that is a program', () => {
  const env = { GRID_TOKEN: 'a-token-of-the-tests-that-is-long-enough' };
  const args = ['--port', '0', '--no-dashboard', '--log-format', 'json'];

  it('is found by its file, also when that is written later, and ends when a client says so', async () => {
    using folder = new TempFolder();
    const schedulerFile = folder.file('scheduler.json');
    writeFileSync(schedulerFile, '{ "address": "tc');
    const connecting = Client.connect(undefined, { schedulerFile, token: env.GRID_TOKEN, timeout: '20s' });
    await using scheduler = Program.binary('scheduler', [...args, '--scheduler-file', schedulerFile], env);
    const client = await connecting;
    await using worker = Program.binary('worker', [client.schedulerAddress, '--nthreads', '1'], env);
    const other = await Client.connect(client.schedulerAddress, { token: env.GRID_TOKEN });
    await client.waitForWorkers(1, { timeout: '20s' });
    expect(await client.submit(() => 1 + 1, []).result()).toBe(2);
    const pending = other.submit(() => 1, [], { workers: 'nobody' });
    await client.shutdown();
    expect(client.status).toBe('closed');
    expect(await rejection(pending.result())).toMatchObject({ code: 'GRID_CLIENT_SCHEDULER_LOST' });
    expect(await scheduler.ends()).toMatchObject({ code: 0 });
    expect(await worker.ends()).toMatchObject({ code: 0 });
    expect(await rejection(client.shutdown())).toMatchObject({ code: 'GRID_CLIENT_CLOSED' });
    await other.close();
  });

  it('ends when there was nothing to do for as long as it was told', async () => {
    await using scheduler = Program.binary('scheduler', [...args, '--idle-timeout', '1s', '--print-address-json'], env);
    const { address } = await scheduler.firstJson<{ address: string }>();
    const client = await Client.connect(address, { token: env.GRID_TOKEN });
    using waiting = client.submit(() => 1, [], { pure: false });
    await pause(1500);
    // It has something to do, only nobody who does it.
    expect(client.status).toBe('running');
    waiting.release();
    expect(await scheduler.ends()).toMatchObject({ code: 0 });
    await client.close();
  });

  it('is not waited for for ever, nor looked for where an address was given', async () => {
    using folder = new TempFolder();
    const schedulerFile = folder.file('nothing.json');
    const late = Client.connect(undefined, { schedulerFile, timeout: 100 });
    expect(await rejection(late)).toMatchObject({ code: 'GRID_CLIENT_CONNECT_FAILED' });
    const aborted = Client.connect(undefined, { schedulerFile, signal: AbortSignal.abort(new Error('enough')) });
    expect(await rejection(aborted)).toMatchObject({ message: 'enough' });
    const both = Client.connect(rig.cluster, { schedulerFile });
    expect(await rejection(both)).toMatchObject({ code: 'GRID_CLIENT_BAD_OPTION' });
  });
});

it('shuts a local cluster down, which may then be closed', async () => {
  const own = await startRig({ nWorkers: 1 });
  await own.client.shutdown();
  await own.cluster.close();
  await own.client.close();
});
