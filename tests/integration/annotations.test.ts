import { appendFileSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { annotate, Client, Event, fireAndForget, futuresOf, Variable, type Future } from '@grid/client';
import { getClient, getWorkerAddress } from '@grid/client/task';
import { asKey, type Key } from '@grid/common';
import { GraphBuilder, refTo, syncRunner, type TaskGraph } from '@grid/graph';

import { Gate, holdAtGate } from './support/gate.js';
import { rejection } from './support/rejection.js';
import { startRig, type Rig } from './support/start-cluster.js';
import { TempFolder } from './support/temp-folder.js';
import { until } from './support/until.js';

const inc = (x: number): number => x + 1;

let rig: Rig;
let workers: string[];

beforeAll(async () => {
  rig = await startRig();
  workers = [...rig.cluster.workers.values()].map(({ address }) => address);
});

afterAll(async () => rig[Symbol.asyncDispose]());

/** Fails on its first two runs. */
async function flaky(name: string): Promise<number> {
  const runs = new Variable<number>(name);
  const run = (await runs.get()) + 1;
  await runs.set(run);
  if (run < 3) throw new RangeError(`run ${String(run)}`);
  return run;
}

async function resetRuns(name: string): Promise<string> {
  await new Variable<number>(name, { client: rig.client }).set(0);
  return name;
}

describe('annotate', () => {
  it('gives options to what is submitted within, also behind awaits, and to nothing else', async () => {
    const [first, second] = workers as [string, string];
    const where = (): string | undefined => getWorkerAddress();
    const [inside, later, mapped] = await annotate({ workers: [second] }, async () => {
      const now = rig.client.submit(where, [], { pure: false });
      await pause(1);
      return [now, rig.client.submit(where, [], { pure: false }), rig.client.map(where, [1, 2, 3], { pure: false })];
    });
    expect(await rig.client.gather([inside, later, mapped])).toEqual([second, second, [second, second, second]]);
    using own = annotate({ workers: [second] }, () => rig.client.submit(where, [], { pure: false, workers: [first] }));
    expect(await own.result()).toBe(first);
  });

  it('adds up: inner ones go before outer ones', async () => {
    const name = await resetRuns('annotated-runs');
    using future = annotate({ retries: 1, workers: [workers[0] as string] }, () =>
      annotate({ retries: 5 }, () => rig.client.submit(flaky, [name], { pure: false })),
    );
    expect(await future.result()).toBe(3);
    const again = await resetRuns('annotated-runs-2');
    using failing = annotate({ retries: 1 }, () => rig.client.submit(flaky, [again], { pure: false }));
    expect(await rejection(failing.result())).toMatchObject({ message: 'run 2' });
  });

  it('asks a function for each task', async () => {
    const where = (): string | undefined => getWorkerAddress();
    const futures = annotate({ workers: (key) => [workers[key.endsWith('-b') ? 1 : 0] as string] }, () =>
      rig.client.map(where, [1, 2, 3], { key: ['by-key-a', 'by-key-b', 'by-key-c'] }),
    );
    expect(await rig.client.gather(futures)).toEqual([workers[0], workers[1], workers[0]]);
  });

  it('holds for the tasks of a graph that is built within, and of one that is submitted within', async () => {
    const name = await resetRuns('annotated-graph');
    const builder = new GraphBuilder();
    annotate({ retries: 5 }, () => builder.call('flaky-inside', flaky, [name]));
    expect(await rig.client.compute(builder.build(), [asKey('flaky-inside')])).toEqual([3]);
    const other = await resetRuns('annotated-graph-2');
    const plain = new GraphBuilder();
    plain.call('flaky-outside', flaky, [other]);
    const computed = annotate({ retries: 5 }, () => rig.client.compute(plain.build(), [asKey('flaky-outside')]));
    expect(await computed).toEqual([3]);
  });

  it('runs what has a higher priority first', async () => {
    await using own = await startRig({ nWorkers: 1 });
    using folder = new TempFolder();
    const [gate, log] = [new Gate(folder.file('gate')), folder.file('log')];
    const holding = own.client.submit(holdAtGate<string>, [gate.file, '']);
    await until('it runs', async () => (await own.client.story(holding)).some(({ to }) => to === 'executing'));
    const note = (file: string, text: string): void => appendFileSync(file, text);
    const low = annotate({ priority: -1 }, () => own.client.submit(note, [log, 'low '], { pure: false }));
    const high = annotate({ priority: 1 }, () => own.client.submit(note, [log, 'high '], { pure: false }));
    await pause(50);
    gate.open();
    await own.client.gather([holding, low, high]);
    expect(readFileSync(log, 'utf8')).toBe('high low ');
  });
});

describe('fireAndForget', () => {
  it('has tasks done whose futures are released, and by a client that is gone', async () => {
    const done = new Event('forgotten-is-done', { client: rig.client });
    const other = await Client.connect(rig.cluster);
    const step = other.submit(inc, [41], { pure: false });
    const task = other.submit(
      async (x: number) => {
        await new Event('forgotten-may-go').wait({ timeout: '20s' });
        if (x === 42) await new Event('forgotten-is-done').set();
      },
      [step],
      { pure: false, key: 'forgotten' },
    );
    fireAndForget({ deep: [task] });
    await other.close();
    await new Event('forgotten-may-go', { client: rig.client }).set();
    await done.wait({ timeout: '15s' });
    await until('it is forgotten', async () =>
      Object.keys(await rig.client.whoHas()).every((key) => key !== 'forgotten'),
    );
  });

  it('works within tasks', async () => {
    using task = rig.client.submit(() => {
      fireAndForget(getClient().submit(async () => new Event('fired-in-task').set(), [], { pure: false }));
    }, []);
    await task.result();
    await new Event('fired-in-task', { client: rig.client }).wait({ timeout: '15s' });
  });
});

describe('persist', () => {
  const build = (): { graph: TaskGraph; keys: Key[] } => {
    const builder = new GraphBuilder();
    const one = builder.data('persist-one', 1);
    builder.call('persist-two', inc, [one]);
    builder.call('persist-three', (x: number) => x + 2, [one]);
    return { graph: builder.build(), keys: [asKey('persist-two'), asKey('persist-three')] };
  };

  it('gives a graph of futures on which others are built', async () => {
    const { graph, keys } = build();
    const persisted = await rig.client.persist(graph, [...keys, ...keys]);
    expect(futuresOf(persisted).map(({ key }) => key)).toEqual(keys);
    await rig.client.wait(futuresOf(persisted));
    const builder = new GraphBuilder().addAll(persisted);
    const [two, three] = keys as [Key, Key];
    builder.call('persist-sum', (a: number, b: number) => a + b, [refTo<number>(two), refTo<number>(three)]);
    expect(await rig.client.compute(builder.build(), [asKey('persist-sum')])).toEqual([5]);
    expect(await rig.client.compute(persisted, keys)).toEqual([2, 3]);
    for (const future of futuresOf(persisted)) future.release();
    expect(await rejection(rig.client.compute(persisted, keys))).toMatchObject({ code: 'GRID_CLIENT_CANCELLED' });
  });

  it('gives values where there is no cluster', async () => {
    const { graph, keys } = build();
    const persisted = await syncRunner.persist(graph, keys);
    expect(futuresOf(persisted)).toEqual([]);
    expect(await syncRunner.compute(persisted, keys)).toEqual([2, 3]);
  });
});

it('futuresOf finds each future once, at any depth, and looks into no class', async () => {
  const [a, b] = rig.client.map(inc, [1, 2]) as [Future<number>, Future<number>];
  class Box {
    constructor(readonly inside: unknown) {}
  }
  expect(futuresOf([a, { b }, new Map([[1, [a]]]), new Set([b]), new Box(a), null, 'text'])).toEqual([a, b]);
});
