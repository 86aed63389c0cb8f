import { inspect } from 'node:util';
import { createServer } from 'node:net';

import { describe, expect, it } from '@jest/globals';
import { Client } from '@grid/client';
import { isGridError } from '@grid/common';
import { LocalCluster } from '@grid/deploy';

import { listeningAddresses } from './support/listening-sockets.js';
import { childrenOf, isAlive } from './support/processes.js';
import { Program } from './support/program.js';
import { rejection } from './support/rejection.js';
import { startCluster, startRig } from './support/start-cluster.js';
import { until } from './support/until.js';

function pidsOf(cluster: LocalCluster): number[] {
  return [...cluster.workers.values()].map(({ pid }) => pid ?? 0);
}

describe('a local cluster', () => {
  it('has the workers and threads that were asked for, and prints as what it is', async () => {
    await using rig = await startRig({ nWorkers: 3, threadsPerWorker: 2, memoryLimit: '512 MiB' });
    expect(rig.cluster.workers.size).toBe(3);
    const threads = rig.client.map(
      () => process.pid,
      Array.from({ length: 12 }, (_, index) => index),
      { pure: false },
    );
    expect(new Set(await rig.client.gather(threads)).size).toBeGreaterThan(1);
    expect(inspect(rig.cluster)).toMatch(
      /^<LocalCluster: tcp:\/\/127\.0\.0\.1:\d+, 3 workers, 6 threads, 1\.5 ?GiB>$/i,
    );
    expect(inspect(rig.client)).toMatch(/^<Client: tcp:\/\/127\.0\.0\.1:\d+, running>$/);
  });

  it('grows and shrinks, and loses no result by it', async () => {
    await using rig = await startRig({ nWorkers: 1 });
    const before = rig.client.map((x: number) => x * 2, [1, 2, 3, 4]);
    await rig.client.wait(before);
    await rig.cluster.scale(3);
    await rig.client.waitForWorkers(3, { timeout: 5000 });
    const spread = rig.client.map(
      (x: number) => x * 3,
      Array.from({ length: 30 }, (_, x) => x),
    );
    await rig.client.wait(spread);
    await rig.cluster.scale(1);
    expect(rig.cluster.workers.size).toBe(1);
    expect(await rig.client.gather(before, { timeout: 10_000 })).toEqual([2, 4, 6, 8]);
    expect(await rig.client.gather(spread, { timeout: 10_000 })).toEqual(Array.from({ length: 30 }, (_, x) => x * 3));
    await rig.cluster.scale(0);
    await rig.cluster.scale(2);
    expect(await rig.client.gather(before, { timeout: 10_000 })).toEqual([2, 4, 6, 8]);
  });

  it('keeps what its processes logged, also those that are gone', async () => {
    await using cluster = await startCluster({ nWorkers: 1 });
    await cluster.scale(0);
    const logs = cluster.getLogs();
    expect(Object.keys(logs).sort()).toEqual(['0', 'scheduler']);
    expect(logs['scheduler']?.join('\n')).toContain(`Scheduler at: ${cluster.schedulerAddress}`);
    expect(logs['0']?.join('\n')).toContain(`Registered to: ${cluster.schedulerAddress}`);
  });

  it('keeps what tasks print', async () => {
    await using rig = await startRig({ nWorkers: 1 });
    await rig.client.submit(() => console.log('printed by a task'), []).result();
    await until('the line is there', () =>
      rig.cluster.getLogs()['0']?.some((line) => line.includes('printed by a task')),
    );
  });

  it('can be started without workers, and gets them later', async () => {
    await using rig = await startRig({ nWorkers: 0 });
    using future = rig.client.submit(() => 'done', []);
    await rig.cluster.scale(1);
    expect(await future.result({ timeout: 10_000 })).toBe('done');
  });

  it.each([{}, { nanny: false }, { processes: false }])(
    'does not count workers that are being retired: %p',
    async (how) => {
      await using rig = await startRig({ nWorkers: 2, ...how });
      const [leaver = ''] = Array.from(rig.cluster.workers.values(), ({ address }) => address);
      expect(await rig.client.retireWorkers({ workers: [leaver] })).toEqual([leaver]);
      await rig.cluster.scale(2);
      const addresses = Array.from(rig.cluster.workers.values(), ({ address }) => address);
      await rig.client.waitForWorkers(2);
      expect(Object.keys((await rig.client.schedulerInfo()).workers)).toHaveLength(2);
      expect(addresses).not.toContain(leaver);
      expect(addresses).toHaveLength(2);
    },
  );

  it('answers over HTTP if asked to', async () => {
    await using cluster = await startCluster({ nWorkers: 1, dashboardAddress: '127.0.0.1:0' });
    const response = await fetch(`${cluster.dashboardLink ?? ''}/health`);
    expect(response.status).toBe(200);
    expect(inspect(cluster)).toContain(cluster.dashboardLink);
  });

  it('runs within this process if told to, without any other process', async () => {
    const before = childrenOf(process.pid);
    await using rig = await startRig({ processes: false });
    expect(childrenOf(process.pid)).toEqual(before);
    expect(rig.cluster.schedulerAddress).toMatch(/^inproc:/);
    const futures = rig.client.map((x: number) => x + 1, [1, 2, 3]);
    expect(await rig.client.gather(futures)).toEqual([2, 3, 4]);
    await expect(
      rig.client
        .submit(() => {
          throw new RangeError('here');
        }, [])
        .result(),
    ).rejects.toMatchObject({ message: 'here' });
  });
});

describe('starting a cluster', () => {
  it.each([{ nWorkers: -1 }, { nWorkers: 1.5 }, { threadsPerWorker: 0 }, { threadsPerWorker: NaN }])(
    'with %p is refused, and the option is named',
    async (options) => {
      const error = await rejection(LocalCluster.start({ ...options, dashboardAddress: null }));
      expect(error).toMatchObject({ code: 'GRID_DEPLOY_BAD_OPTION', details: { option: Object.keys(options)[0] } });
    },
  );

  it('on a port that is taken fails with the output of the process, and leaves no process', async () => {
    const before = childrenOf(process.pid);
    const squatter = createServer().listen(0, '127.0.0.1');
    await until('the port is taken', () => squatter.listening);
    const { port } = squatter.address() as { port: number };
    try {
      const error = await rejection(startCluster({ schedulerPort: port }));
      expect(isGridError(error, 'GRID_DEPLOY_START_FAILED')).toBe(true);
      expect((error as Error).message).toMatch(new RegExp(`${String(port)}`));
      await until('no process is left', () => childrenOf(process.pid).length === before.length);
    } finally {
      squatter.close();
    }
  });
});

describe('the end of a cluster', () => {
  it('by close leaves no process, and may be asked for twice', async () => {
    const before = childrenOf(process.pid);
    const cluster = await startCluster();
    const started = childrenOf(process.pid).filter((pid) => !before.includes(pid));
    expect(started).toHaveLength(3);
    await Promise.all([cluster.close(), cluster.close()]);
    await cluster.close();
    expect(started.filter(isAlive)).toEqual([]);
    await expect(cluster.scale(1)).rejects.toMatchObject({ code: 'GRID_DEPLOY_CLOSED' });
    expect(inspect(cluster)).toContain('closed');
  });

  it('by close ends tasks that run for ever', async () => {
    const { cluster, client } = await startRig({ nWorkers: 1 });
    const [pid = 0] = pidsOf(cluster);
    const endless = client.submit(() => {
      for (;;);
    }, []);
    await until('the loop runs', async () => (await client.story(endless)).some(({ to }) => to === 'executing'));
    await cluster.close();
    expect(isAlive(pid)).toBe(false);
    await expect(endless.result({ timeout: 5000 })).rejects.toMatchObject({ code: 'GRID_CLIENT_SCHEDULER_LOST' });
    await client.close();
  });

  it.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
    'by %s of the program that started it leaves no process',
    async (signal) => {
      await using program = Program.fixture('hold-a-cluster.mjs');
      const { pids } = await program.firstJson<{ pids: number[] }>();
      expect(pids.filter(isAlive)).toHaveLength(2);
      const all = childrenOf(program.pid);
      expect(all).toHaveLength(3);
      program.kill(signal);
      await program.ends();
      await until('all processes are gone', () => !all.some(isAlive));
    },
  );

  it('by the end of the program that forgot to close it leaves no process, and does not hold the program up', async () => {
    await using program = Program.fixture('forget-a-cluster.mjs');
    const { pids } = await program.firstJson<{ pids: number[] }>();
    expect(await program.ends()).toEqual({ code: 0, signal: null });
    await until('all processes are gone', () => !pids.some(isAlive));
  });
});

describe('who can reach a local cluster', () => {
  it('is this machine alone: nothing listens beyond loopback', async () => {
    const before = childrenOf(process.pid);
    await using rig = await startRig({ dashboardAddress: '127.0.0.1:0' });
    // Results that go between workers open whatever is opened late.
    const parts = rig.client.map((n: number) => new Float64Array(n), [1000, 2000, 3000, 4000]);
    await rig.client.submit((arrays: Float64Array[]) => arrays.length, [parts]).result();
    const pids = childrenOf(process.pid).filter((pid) => !before.includes(pid));
    expect(pids).toHaveLength(3);
    for (const pid of [...pids, process.pid]) {
      expect(listeningAddresses(pid).filter((address) => !address.startsWith('127.'))).toEqual([]);
    }
    expect(pids.flatMap(listeningAddresses).length).toBeGreaterThanOrEqual(4);
  });

  it('is nobody without its token, which does not show in the arguments of its processes', async () => {
    await using cluster = await startCluster({ nWorkers: 1 });
    expect(cluster.token.length).toBeGreaterThanOrEqual(40);
    await expect(Client.connect(cluster.schedulerAddress, { token: null, timeout: 3000 })).rejects.toMatchObject({
      code: 'GRID_RPC_UNAUTHENTICATED',
    });
    await using other = await startCluster({ nWorkers: 0 });
    expect(other.token).not.toBe(cluster.token);
    const { readFileSync } = await import('node:fs');
    for (const pid of pidsOf(cluster))
      expect(readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8')).not.toContain(cluster.token);
  });
});
