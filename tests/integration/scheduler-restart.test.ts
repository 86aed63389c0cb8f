import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import {
  Client,
  importTask,
  Lock,
  type Future,
  type NannyPlugin,
  type PluginWorker,
  type SchedulerPlugin,
  type WorkerPlugin,
} from '@grid/client';
import { getTask } from '@grid/client/task';
import { nullLogger } from '@grid/common';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { Gate, holdAtGate } from './support/gate.js';
import { Program } from './support/program.js';
import { RestartableCluster } from './support/restartable-scheduler.js';
import { note, Tally } from './support/tally.js';
import { TempFolder } from './support/temp-folder.js';
import { until } from './support/until.js';

let folder: TempFolder;
beforeEach(() => {
  folder = new TempFolder();
});
afterEach(() => folder[Symbol.dispose]());

async function connect(cluster: RestartableCluster, options = {}): Promise<Client> {
  return Client.connect(cluster.address, { token: cluster.token, logger: nullLogger, ...options });
}

describe('a scheduler that is killed and started again', () => {
  it('goes on with what workers have: nothing that was done is done again, and what runs goes on', async () => {
    await using cluster = await RestartableCluster.start(2);
    await using client = await connect(cluster);
    const tally = new Tally(folder.file('tally'));
    const gate = new Gate(folder.file('gate'));
    const [tallyFile, gateFile] = [tally.file, gate.file];
    const load = (n: number): number[] => {
      note(tallyFile, `load-${String(n)}`);
      return new Array<number>(5000).fill(n);
    };
    const sum = (numbers: number[]): number => {
      note(tallyFile, `sum-${String(numbers[0])}`);
      return numbers.reduce((total, value) => total + value, 0);
    };
    const late = (total: number): number => {
      note(tallyFile, `late-${String(total)}`);
      return holdAtGate(gateFile, total + 1);
    };
    const sums = client.map(sum, client.map(load, [1, 2, 3, 4, 5, 6], { key: 'load' }), { key: 'sum' });
    await client.wait(sums);
    const lates = client.map(late, sums, { key: 'late' });
    const total = client.submit((parts: number[]) => parts.reduce((a, b) => a + b, 0), [lates], { key: 'total' });
    await until('two tasks run', () => tally.lines.filter((line) => line.startsWith('late')).length === 2);

    await cluster.kill();
    expect(await until('the client has seen it', () => client.status === 'reconnecting')).toBe(true);
    expect(total.status).toBe('pending');
    await cluster.restart();
    await until('the client is back', () => client.status === 'running');
    gate.open();

    expect(await total.result()).toBe(21 * 5000 + 6);
    expect(await client.gather(sums)).toEqual([1, 2, 3, 4, 5, 6].map((n) => n * 5000));
    // Names what ran twice, should anything have.
    expect(tally.lines.filter((line, index) => tally.lines.indexOf(line) !== index)).toEqual([]);
    expect(tally.count).toBe(18);
  }, 60_000);

  it('keeps scattered data, failures and what is submitted meanwhile; a failed task can be tried again', async () => {
    await using cluster = await RestartableCluster.start(2);
    await using client = await connect(cluster);
    const tally = new Tally(folder.file('tally'));
    const tallyFile = tally.file;
    const [data] = await client.scatter([[1, 2, 3]]);
    const fragile = (): string => {
      note(tallyFile, 'fragile');
      throw new TypeError('no');
    };
    const failed = client.submit(fragile, [], { key: 'fragile' });
    await expect(failed.result()).rejects.toThrow('no');
    await cluster.kill();
    await until('the client has seen it', () => client.status === 'reconnecting');
    const meanwhile = client.submit((numbers: readonly number[]) => numbers.length, [data]);
    const released = client.submit(() => 'nobody wants it', []);
    released.release();
    await cluster.restart();
    expect(await meanwhile.result()).toBe(3);
    expect(await data?.result()).toEqual([1, 2, 3]);
    expect(failed.status).toBe('error');
    expect(tally.count).toBe(1);
    failed.retry();
    await expect(failed.result()).rejects.toThrow('no');
    expect(tally.count).toBe(2);
  }, 60_000);

  it('may be killed again and again', async () => {
    await using cluster = await RestartableCluster.start(2);
    await using client = await connect(cluster);
    const tally = new Tally(folder.file('tally'));
    const tallyFile = tally.file;
    const square = (n: number): number => {
      note(tallyFile, String(n));
      return n * n;
    };
    const all: Future<number>[] = [];
    for (let round = 0; round < 3; round += 1) {
      const squares = client.map(square, [3 * round, 3 * round + 1, 3 * round + 2]);
      all.push(...squares);
      await client.wait(squares);
      await cluster.kill();
      await cluster.restart();
    }
    expect(await client.gather(all)).toEqual([0, 1, 4, 9, 16, 25, 36, 49, 64]);
    expect(tally.count).toBe(9);
  }, 60_000);

  it('has what a worker had computed again that died meanwhile', async () => {
    await using cluster = await RestartableCluster.start(2, ['--no-nanny']);
    await using client = await connect(cluster);
    const load = client.map((n: number) => [n, n], [1, 2, 3, 4], { key: 'load' });
    const sums = client.map((pair: number[]) => (pair[0] ?? 0) + (pair[1] ?? 0), load);
    await client.wait(sums);
    for (const each of load) each.release();
    await cluster.kill();
    cluster.workers[0]?.kill('SIGKILL');
    await cluster.restart();
    expect(await client.gather(sums)).toEqual([2, 4, 6, 8]);
  }, 60_000);

  it('has the futures lost of a client whose token is not the new one, and of one that does not wait', async () => {
    await using cluster = await RestartableCluster.start(1);
    await using waiting = await connect(cluster);
    await using hasty = await connect(cluster, { reconnectTimeout: '200 ms' });
    await using never = await connect(cluster, { reconnectTimeout: false });
    const futures = [waiting, hasty, never].map((client) => client.submit(() => new Promise(() => {}), []));
    const outcomes = futures.map(async (future) => future.result().catch((error: unknown) => error));
    await waiting.schedulerInfo();
    await cluster.kill();
    expect(await outcomes[2]).toMatchObject({ code: 'GRID_CLIENT_SCHEDULER_LOST' });
    expect(await outcomes[1]).toMatchObject({ code: 'GRID_CLIENT_SCHEDULER_LOST' });
    await cluster.restart('another-token-that-is-long-enough-0123456789-0123456789');
    expect(await outcomes[0]).toMatchObject({ code: 'GRID_CLIENT_SCHEDULER_LOST' });
    expect([waiting, hasty, never].map(({ status }) => status)).toEqual(['lost', 'lost', 'lost']);
  }, 60_000);

  it('tells those who wait for locks that these are gone, and answers what is asked meanwhile later', async () => {
    await using cluster = await RestartableCluster.start(1);
    await using client = await connect(cluster);
    const lock = new Lock('x', { client });
    await lock.acquire();
    const second = new Lock('x', { client }).acquire().catch((error: unknown) => error);
    await cluster.kill();
    await until('the client has seen it', () => client.status === 'reconnecting');
    const info = client.schedulerInfo();
    const count = client.waitForWorkers(1);
    expect(await second).toMatchObject({ code: 'GRID_CLIENT_SCHEDULER_LOST' });
    await cluster.restart();
    await count;
    expect(await info).toBeDefined();
    await new Lock('x', { client }).acquire();
  }, 60_000);

  it('is given the uploads and plugins of its clients again, for workers that come later; nothing is set up twice', async () => {
    await using cluster = await RestartableCluster.start(1);
    await using client = await connect(cluster);
    writeFileSync(folder.file('jobs.mjs'), 'export const train = (x) => x * 10;');
    await client.uploadFile(folder.file('jobs.mjs'));
    const setups = new Tally(folder.file('setups'));
    class Counter implements WorkerPlugin {
      readonly kind = 'worker';
      readonly name = 'counter';
      constructor(readonly file: string) {}
      setup(worker: PluginWorker): void {
        note(this.file, `worker ${worker.address}`);
      }
    }
    class Host implements NannyPlugin {
      readonly kind = 'nanny';
      readonly name = 'host';
      readonly restart = true;
      constructor(readonly file: string) {}
      setup(): void {
        note(this.file, `nanny ${String(process.pid)}`);
      }
    }
    class Watcher implements SchedulerPlugin {
      readonly kind = 'scheduler';
      readonly name = 'watcher';
      constructor(readonly file: string) {}
      start(): void {
        note(this.file, `scheduler ${String(process.pid)}`);
      }
    }
    await client.registerPlugin(new Host(setups.file));
    await client.waitForWorkers(1);
    await client.registerPlugin(new Counter(setups.file));
    await client.registerPlugin(new Watcher(setups.file));
    await client.registerPlugin(new Watcher(setups.file), { name: 'taken away' });
    await client.unregisterPlugin('taken away');
    const before = setups.lines;
    expect(before.map((line) => line.split(' ')[0])).toEqual(['nanny', 'worker', 'scheduler', 'scheduler']);
    const [first = ''] = Object.keys(await client.nthreads());

    await cluster.kill();
    await cluster.restart();
    await until('the client is back', () => client.status === 'running');
    cluster.workers.push(cluster.startWorker());
    await client.waitForWorkers(2);
    const second = Object.keys(await client.nthreads()).filter((address) => address !== first);
    expect(second).toHaveLength(1);
    expect(await client.submit(importTask('upload:jobs.mjs', 'train'), [4], { workers: second }).result()).toBe(40);
    expect(await client.submit(importTask('upload:jobs.mjs', 'train'), [5], { workers: [first] }).result()).toBe(50);
    const more = (): string[] => setups.lines.slice(before.length);
    await until('the others are set up', () => more().length === 3);
    expect(
      more()
        .map((line) => line.split(' ')[0])
        .sort(),
    ).toEqual(['nanny', 'scheduler', 'worker']);
    expect(more()).toContain(`worker ${String(second[0])}`);
    expect(before.some((line) => more().includes(line))).toBe(false);
  }, 60_000);

  it('goes on to tell those who follow what workers log', async () => {
    await using cluster = await RestartableCluster.start(1);
    await using client = await connect(cluster);
    const heard: string[] = [];
    await client.forwardLogging({ level: 'warn', write: ({ text }) => heard.push(text) });
    const say = (text: string): void => getTask()?.log(text, 'warn');
    await client.submit(say, ['before'], { pure: false }).result();
    await until('it is heard', () => heard.includes('before'));
    await cluster.kill();
    await cluster.restart();
    await client.submit(say, ['after'], { pure: false }).result();
    await until('it is heard', () => heard.includes('after'));
  }, 60_000);

  it('is shown by an example, which counts what ran twice', async () => {
    await using example = new Program(
      fileURLToPath(new URL('../../apps/examples/dist/scheduler-restart/main.js', import.meta.url)),
    );
    expect(await example.ends(60_000)).toEqual({ code: 0, signal: null });
    expect(example.stdout).toMatch('3,000,000 flights; 11 runs, 0 of them twice');
  }, 90_000);
});
