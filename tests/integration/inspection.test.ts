import { existsSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ClusterDump } from '@grid/client';

import { Gate, holdAtGate, passGate } from './support/gate.js';
import { rejection } from './support/rejection.js';
import { startRig, type Rig } from './support/start-cluster.js';
import { TempFolder } from './support/temp-folder.js';
import { until } from './support/until.js';

let rig: Rig;
let folder: TempFolder;
let gates = 0;

const newGate = (): Gate => new Gate(folder.file(`gate-${String((gates += 1))}`));
const addresses = (): string[] => Array.from(rig.cluster.workers.values(), ({ address }) => address);

beforeAll(async () => {
  folder = new TempFolder();
  rig = await startRig({ resources: { GPU: 1 } });
});

afterAll(async () => {
  await rig[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

describe('what a cluster tells of itself', () => {
  it('tells which worker has which tasks, how many threads, and how many bytes', async () => {
    const { client } = rig;
    const [first = ''] = addresses();
    const gate = newGate();
    using held = client.submit(holdAtGate, [gate.file, 1], { workers: first, pure: false });
    await until('the worker has it', async () => (await client.processing())[first]?.includes(held.key));
    expect(await client.processing([first])).toEqual({ [first]: [held.key] });
    expect(await client.nthreads()).toEqual(Object.fromEntries(addresses().map((address) => [address, 1])));
    expect(await client.ncores([first])).toEqual({ [first]: 1 });
    gate.open();
    await held.result();

    const blocks = client.map((n: number) => new Uint8Array(n), [1000, 2000], { key: 'block', pure: false });
    await client.wait(blocks);
    const sizes = await client.nbytes({ keys: blocks, summary: false });
    expect(Object.keys(sizes)).toEqual(blocks.map(({ key }) => key));
    expect(sizes[blocks[1]?.key ?? '']).toBeGreaterThanOrEqual(2000);
    const summary = await client.nbytes({ keys: blocks });
    expect(Object.values(summary)).toEqual([Object.values(sizes).reduce((a, b) => a + b)]);
    expect(await client.nbytes()).toHaveProperty(held.key.replace(/-.*/, ''));
    for (const block of blocks) block.release();
  });
});

describe('explainTask', () => {
  it('follows a task to the one in its way, and has the worker say what that does', async () => {
    const { client } = rig;
    const gate = newGate();
    using slow = client.submit(passGate, [gate.file, 1], { pure: false });
    using next = client.submit((n: number) => n + 1, [slow], { pure: false });
    using last = client.submit((n: number) => n + 1, [next], { pure: false });
    const why = await until('the worker has begun', async () => {
      const said = await client.explainTask(last);
      return said.ofWorker?.['reason'] === 'awaits' && said;
    });
    expect(why).toMatchObject({ state: 'waiting', reason: 'waits-for-inputs' });
    expect(why.details['cause']).toMatchObject({ key: slow.key, reason: 'on-worker' });
    expect(String(why)).toContain('It runs: it has returned a promise and waits for that.');
    gate.open();
    expect(await last.result()).toBe(3);
    expect(await client.explainTask(last.key)).toMatchObject({ reason: 'finished' });
  });

  it('names a task that keeps a thread for itself, and the condition that nobody meets', async () => {
    const { client } = rig;
    const [first = ''] = addresses();
    const gate = newGate();
    using busy = client.submit(holdAtGate, [gate.file, 1], { workers: first, pure: false });
    using behind = client.submit(() => 2, [], { workers: first, pure: false });
    await until('the thread is taken', async () => {
      const { ofWorker } = await client.explainTask(behind);
      return ofWorker?.['reason'] === 'threads-taken' && String(ofWorker['text']).includes(busy.key);
    });
    using large = client.submit(() => 3, [], { resources: { GPU: 8 }, pure: false });
    expect(await client.explainTask(large)).toMatchObject({ state: 'no-worker', reason: 'no-such-resource' });
    const timeout = await rejection(large.result({ timeout: 50 }));
    expect(timeout).toMatchObject({ code: 'GRID_CLIENT_TIMEOUT' });
    expect(String(timeout)).toContain('8 GPU (the most that a worker has is 1)');
    gate.open();
    await behind.result();
  });

  it('tells what became of tasks that are over', async () => {
    const { client } = rig;
    using bad = client.submit(() => JSON.parse('{') as number, [], { pure: false });
    using sum = client.submit((n: number) => n + 1, [bad], { pure: false });
    await sum.exception();
    expect(await client.explainTask(sum)).toMatchObject({ reason: 'input-failed', details: { blame: bad.key } });
    sum.cancel();
    expect(await client.explainTask(sum)).toMatchObject({ reason: 'given-up' });
    expect(await client.explainTask('no such key')).toMatchObject({ state: 'unknown', reason: 'unknown' });
  });
});

/** Turns in a circle until the gate is open. */
function turnInCircles(file: string): number {
  let turns = 0;
  while (!existsSync(file)) turns += 1;
  return turns;
}

async function turnLater(file: string): Promise<number> {
  await null;
  return turnInCircles(file);
}

describe('callStack', () => {
  it('shows at which of your lines a task is that never yields, and who called it', async () => {
    const { client } = rig;
    const gate = newGate();
    using busy = client.submit((file: string) => turnInCircles(file), [gate.file], { pure: false });
    const stack = await until('the task is in its loop', async () => {
      const [tasks] = Object.values(await client.callStack({ tasks: [busy] }));
      return tasks?.[busy.key]?.stack;
    });
    expect(stack).toMatch(
      /^ +at turnInCircles \(.*inspection\.test\.ts:\d+:\d+\)\n +at .*inspection\.test\.ts:\d+:\d+/m,
    );
    expect(stack).not.toMatch(/worker-core|thread-entry/);
    const [worker = ''] = Object.keys(await client.callStack({ tasks: [busy.key] }));
    expect(await client.callStack({ tasks: [busy], workers: addresses().filter((other) => other !== worker) })).toEqual(
      {},
    );
    gate.open();
    expect(await busy.result()).toBeGreaterThan(0);
  });

  it('finds the task whose code runs after an await, and tells it from those that wait', async () => {
    const { client } = rig;
    const [first = ''] = addresses();
    const [gate, other] = [newGate(), newGate()];
    using waits = client.submit(passGate, [other.file, 1], { workers: first, pure: false });
    await until('it waits', async () => (await client.callStack())[first]?.[waits.key]?.status === 'awaiting');
    using later = client.submit(turnLater, [gate.file], { workers: first, pure: false });
    const stacks = await until('the other one is in its loop', async () => {
      const tasks = (await client.callStack({ workers: [first] }))[first];
      return (tasks?.[later.key]?.stack ?? '') !== '' && tasks;
    });
    expect(stacks[later.key]?.stack).toMatch(/at turnInCircles .*\n.*at.* turnLater /);
    expect(stacks[waits.key]).toEqual({ status: 'awaiting', stack: '', problem: '' });
    gate.open();
    other.open();
    await client.gather([waits, later]);
    expect(await client.callStack({ tasks: [waits, later] })).toEqual({});
  });

  it('leaves tasks as they were, however often they are looked at', async () => {
    const { client } = rig;
    const gate = newGate();
    using busy = client.submit(holdAtGate, [gate.file, 'result'], { pure: false });
    for (let look = 0; look < 20; look += 1) await client.callStack();
    gate.open();
    expect(await busy.result()).toBe('result');
  });
});

describe('dumpClusterState', () => {
  it.each(['dump.ndjson', 'dump.ndjson.gz'])(
    'writes what scheduler and workers know to %s, for reading later',
    async (name) => {
      const { client } = rig;
      const gate = newGate();
      using slow = client.submit(passGate, [gate.file, 1], { key: `slow-${name}`, pure: false });
      using next = client.submit((n: number) => n + 1, [slow], { key: `next-${name}`, pure: false });
      const many = client.map((n: number) => n, [...Array(6000).keys()], { key: `many-${name}`, pure: false });
      await client.wait(many);
      const file = folder.file(name);
      await client.dumpClusterState(file);
      const dump = await ClusterDump.read(file);
      expect(dump.scheduler).toMatchObject({ type: 'Scheduler' });
      expect(Object.keys(dump.workers).sort()).toEqual(addresses().sort());
      expect(dump.tasks({ key: next.key })).toMatchObject([{ state: 'waiting', dependencies: [slow.key] }]);
      const [onScheduler, onWorker] = dump.tasks({ key: slow.key });
      expect(onScheduler).toMatchObject({ server: 'scheduler', state: 'processing' });
      expect(onWorker).toMatchObject({ server: onScheduler?.['processingOn'], state: 'executing' });
      const known = new Set(dump.tasks({ server: 'scheduler' }).map(({ key }) => key));
      expect(many.every(({ key }) => known.has(key))).toBe(true);
      expect(dump.story(slow.key).map(({ server, to }) => [server, to])).toContainEqual(['scheduler', 'processing']);
      expect(dump.story(slow.key).some(({ server }) => server === onWorker?.server)).toBe(true);
      const now = await client.dumpClusterState();
      expect(now.tasks({ key: next.key, server: 'scheduler' })).toHaveLength(1);
      gate.open();
      await next.result();
    },
  );
});

describe('the task stream', () => {
  it('tells what ran where and when, from the moment that it is recorded', async () => {
    const { client } = rig;
    using before = client.submit(() => 1, [], { key: 'before', pure: false });
    await before.result();
    const startedAt = Date.now();
    const recording = await client.recordTaskStream();
    const [first = '', second = ''] = addresses();
    const nap = (ms: number): Uint8Array => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
      return new Uint8Array(ms);
    };
    using here = client.submit(nap, [30], { workers: first, key: 'nap-here', pure: false });
    using there = client.submit(nap, [20], { workers: second, key: 'nap-there', pure: false });
    using bad = client.submit(() => JSON.parse('{') as number, [], { key: 'bad-1', pure: false });
    await client.wait([here, there, bad]);
    const runs = Object.fromEntries((await recording.tasks()).map((run) => [run.key, run]));
    expect(Object.keys(runs).sort()).toEqual(['bad-1', 'nap-here', 'nap-there']);
    expect(runs['nap-here']).toMatchObject({ worker: first, status: 'finished', type: 'Uint8Array' });
    expect(runs['nap-there']).toMatchObject({ worker: second, status: 'finished' });
    expect(runs['bad-1']).toMatchObject({ status: 'error', nbytes: 0, type: '' });
    const { start = 0, stop = 0, nbytes = 0 } = runs['nap-here'] ?? {};
    expect([stop - start >= 29, start > startedAt - 1000, stop < Date.now() + 1000, nbytes >= 30]).toEqual(
      Array(4).fill(true),
    );
    expect((await client.getTaskStream({ count: 1 })).length).toBe(1);
    expect(await client.getTaskStream({ stop: '1h' })).toEqual([]);
    expect((await client.getTaskStream({ start: new Date(startedAt) })).map(({ key }) => key)).toContain('nap-here');
  });
});

describe('topics of the cluster', () => {
  it('tell who comes and goes and what fails, to all who read them or listen', async () => {
    const { client, cluster } = rig;
    const heard: unknown[] = [];
    using _listening = await client.subscribeTopic('all', ({ value }) => heard.push(value));
    const before = addresses();
    await cluster.scale(3);
    await client.waitForWorkers(3);
    const [added = ''] = addresses().filter((address) => !before.includes(address));
    await cluster.scale(2);
    const gone = await until('the worker is said to be gone', async () =>
      (await client.getEvents(added)).find(({ value }) => (value as { action: string }).action === 'remove-worker'),
    );
    expect(gone.value).toMatchObject({ worker: added, expected: true });
    const actions = (await client.getEvents(added)).map(({ value }) => (value as { action: string }).action);
    expect(actions).toEqual(['add-worker', 'closing-worker', 'remove-worker']);
    expect(heard).toContainEqual(expect.objectContaining({ action: 'add-worker', worker: added }));

    using bad = client.submit(() => JSON.parse('{') as number, [], { pure: false });
    await bad.exception();
    const errors = await client.getEvents('errors');
    expect(errors.at(-1)?.value).toMatchObject({ action: 'task-erred', key: bad.key, name: 'SyntaxError' });
  });
});

describe('schedulerInfo', () => {
  it('says how the processes of the scheduler and its workers are doing', async () => {
    await until('all have looked at themselves', async () => {
      const { system, workers } = await rig.client.schedulerInfo();
      const metrics = Object.values(workers).map((worker) => worker.metrics.system);
      return [system, ...metrics].every((sample) => sample?.eventLoopMaxMs !== undefined && (sample.memory ?? 0) > 1e6);
    });
  });
});
