import { appendFileSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from '@grid/client';
import { nullLogger, type LogFields, type Logger } from '@grid/common';

import { Gate, passGate } from './support/gate.js';
import { Program } from './support/program.js';
import { rejection } from './support/rejection.js';
import { startRig, type Rig } from './support/start-cluster.js';
import { Tally } from './support/tally.js';
import { TempFolder } from './support/temp-folder.js';
import { until } from './support/until.js';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ nWorkers: 2 });
});

afterAll(async () => rig[Symbol.asyncDispose]());

class Refusal extends Error {
  constructor(readonly who: string) {
    super(`not with ${who}`);
  }
}

describe('run on nannies', () => {
  it('runs a function once on the nanny of each worker, or of some, beside its loop', async () => {
    const where = async (x: number): Promise<[number, boolean, number]> => {
      const { isMainThread } = await import('node:worker_threads');
      return [process.pid, isMainThread, x];
    };
    const addresses = Array.from(rig.cluster.workers.values(), ({ address }) => address);
    const all = await rig.client.run(where, [5], { nanny: true });
    // The nannies of a local cluster live in this process.
    expect(all).toEqual(Object.fromEntries(addresses.map((address) => [address, [process.pid, false, 5]])));
    const [address = ''] = addresses;
    expect(Object.keys(await rig.client.run(where, [1], { nanny: true, workers: address }))).toEqual([address]);
  });

  it('is where the nanny of a worker is that was started by hand', async () => {
    const env = { GRID_TOKEN: rig.cluster.token };
    const flags = [rig.cluster.schedulerAddress, '--nthreads', '1', '--no-dashboard', '--print-address-json'];
    await using worker = Program.binary('worker', [...flags, '--name', 'by-hand'], env);
    const { address, nannyPid } = await worker.firstJson<{ readonly address: string; readonly nannyPid: number }>();
    const pids = await rig.client.run(() => process.pid, [], { nanny: true, workers: 'by-hand' });
    expect(pids).toEqual({ [address]: nannyPid });
    worker.kill('SIGTERM');
    await worker.ends();
    await until('it has left', async () => !(address in (await rig.client.schedulerInfo()).workers));
  });

  it('fails with what a nanny threw, of a class of the program’s own, or where there is no nanny', async () => {
    const bad = (): never => {
      throw new Refusal('you');
    };
    expect(await rejection(rig.client.run(bad, [], { nanny: true }))).toMatchObject({ who: 'you' });
    const outcomes = await rig.client.run(bad, [], { nanny: true, onError: 'return' });
    expect(Object.values(outcomes).map((outcome) => (outcome as unknown) instanceof Refusal)).toEqual([true, true]);
    await using bare = await startRig({ nWorkers: 1, nanny: false });
    expect(String(await rejection(bare.client.run(() => 1, [], { nanny: true })))).toContain('it has no nanny');
  });

  it('outlives a function that ends its thread', async () => {
    const error = await rejection(rig.client.run(() => process.exit(3), [], { nanny: true }));
    expect(String(error)).toMatch(/thread of the plugins is lost/);
    const again = await rig.client.run(() => 'here', [], { nanny: true });
    expect(Object.values(again)).toEqual(['here', 'here']);
  });
});

describe('a run that is not waited for', () => {
  it('gives nothing at once, and runs to its end', async () => {
    using folder = new TempFolder();
    const tally = new Tally(folder.file('tally'));
    const gate = new Gate(folder.file('gate'));
    const gated = async (file: string, gateFile: string): Promise<void> => {
      appendFileSync(file, await passGate(gateFile, 'done\n'));
    };
    expect(await rig.client.run(gated, [tally.file, gate.file], { wait: false })).toEqual({});
    expect(tally.count).toBe(0);
    gate.open();
    await until('both have run', () => tally.count === 2);
  });

  it('has what goes wrong logged', async () => {
    const lines: [LogFields, string][] = [];
    const logger: Logger = { ...nullLogger, warn: (fields, text) => void lines.push([fields, text]) };
    await using client = await Client.connect(rig.cluster, { logger });
    const bad = (): never => {
      throw new RangeError('no');
    };
    await client.run(bad, [], { wait: false });
    await until('both have failed', () => lines.length === 2);
    expect(lines).toContainEqual([expect.objectContaining({ error: 'no' }), 'run: bad failed on a worker']);
    await client.run(() => 1, [], { wait: false, workers: 'nobody' });
    await until('there is none', () => lines.length === 3);
    expect(String(lines[2]?.[0]['error'])).toContain('nobody');
  });

  it('is refused like any other once the client is closed', async () => {
    const client = await Client.connect(rig.cluster);
    await client.close();
    const closed = { code: 'GRID_CLIENT_CLOSED' };
    expect(await rejection(client.run(() => 1, [], { wait: false }))).toMatchObject(closed);
    expect(await rejection(client.run(() => 1, [], { nanny: true }))).toMatchObject(closed);
  });
});
