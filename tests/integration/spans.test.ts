import { setTimeout as pause } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { annotate, Client, Event, span, type FineMetric, type SpanInfo } from '@grid/client';
import { contextMeter, getClient } from '@grid/client/task';
import { asKey } from '@grid/common';
import { GraphBuilder } from '@grid/graph';

import { rejection } from './support/rejection.js';
import { startRig, type Rig } from './support/start-cluster.js';
import { until } from './support/until.js';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig();
});

afterAll(async () => rig[Symbol.asyncDispose]());

const double = (x: number): number => x * 2;

async function find(name: string): Promise<SpanInfo> {
  const found = (await rig.client.spans()).find((each) => each.name === name);
  if (found === undefined) throw new TypeError(`there is no span ${name}`);
  return found;
}

function amount(metrics: readonly FineMetric[], wanted: Partial<FineMetric>): number {
  const isWanted = (metric: FineMetric): boolean =>
    Object.entries(wanted).every(([name, value]) => metric[name as keyof FineMetric] === value);
  return metrics.filter(isWanted).reduce((sum, { value }) => sum + value, 0);
}

describe('span', () => {
  it('counts the tasks that are submitted within, also behind awaits, and no others', async () => {
    const before = Date.now();
    const [inside, failed] = await span('counts', async () => {
      const futures = rig.client.map(double, [1, 2, 3], { key: 'span-double', pure: false });
      await pause(1);
      const bad = rig.client.submit(
        (): number => {
          throw new Error('on purpose');
        },
        [],
        { key: 'span-fails' },
      );
      return [futures, bad] as const;
    });
    using outside = rig.client.submit(double, [4], { pure: false });
    await rig.client.wait([...inside, failed, outside]);
    const info = await find('counts');
    expect(info).toMatchObject({ path: ['counts'], children: [] });
    expect(info.tasks).toMatchObject({ memory: 3, erred: 1, processing: 0, forgotten: 0 });
    expect(info.runs['span-double']).toMatchObject({ finished: 3, failed: 0, transferredBytes: 0 });
    expect(info.runs['span-fails']).toMatchObject({ finished: 0, failed: 1, outputBytes: 0 });
    expect(Object.keys(info.runs)).toHaveLength(2);
    expect(info.storedBytes).toBe(info.runs['span-double']?.outputBytes);
    const [start, stop] = [info.start ?? 0, info.stop ?? 0];
    expect(start).toBeGreaterThan(before - 1000);
    expect(stop).toBeGreaterThanOrEqual(start);
    expect(info.enqueuedAt).toBeLessThanOrEqual(stop);
    for (const future of [...inside, failed]) future.release();
    await until('they are forgotten', async () => (await find('counts')).tasks['forgotten'] === 4);
    expect((await find('counts')).storedBytes).toBe(0);
  });

  it('may be within another, which counts what is within it too', async () => {
    using one = span('outer', () => rig.client.submit(double, [1], { key: 'nested-one' }));
    const futures = span('around', () => [
      span('within', () => rig.client.submit(double, [one], { key: 'nested-two' })),
      rig.client.submit(double, [5], { key: 'nested-three' }),
    ]);
    await rig.client.wait(futures);
    const around = await find('around');
    expect(around.children.map(({ path }) => path)).toEqual([['around', 'within']]);
    expect([around.tasks['memory'], around.children[0]?.tasks['memory']]).toEqual([2, 1]);
    expect(Object.keys(around.children[0]?.runs ?? {})).toEqual(['nested-two']);
    for (const future of futures) future.release();
  });

  it('holds for tasks that tasks submit, whose own spans are within it', async () => {
    const result = await span('of tasks', () =>
      rig.client
        .submit(
          async () => {
            const client = getClient();
            const plain = client.submit((x: number) => x + 1, [1], { key: 'child-plain' });
            const named = span('of a task', () => client.submit((x: number) => x + 1, [plain], { key: 'child-named' }));
            return named.result();
          },
          [],
          { key: 'span-parent', pure: false },
        )
        .result(),
    );
    expect(result).toBe(3);
    const info = await find('of tasks');
    expect(Object.keys(info.runs).sort()).toEqual(['child-named', 'child-plain', 'span-parent']);
    expect(info.children.map(({ name, runs }) => [name, Object.keys(runs)])).toEqual([['of a task', ['child-named']]]);
  });

  it('is kept by tasks of graphs that are built within, beside other annotations', async () => {
    const builder = new GraphBuilder();
    span('built', () => annotate({ retries: 1 }, () => builder.call('graph-in-span', double, [3])));
    builder.call('graph-outside', double, [4]);
    const keys = [asKey('graph-in-span'), asKey('graph-outside')];
    expect(await rig.client.compute(builder.build(), keys)).toEqual([6, 8]);
    expect(Object.keys((await find('built')).runs)).toEqual(['graph-in-span']);
  });

  it('refuses names that are none, and clients that are closed', async () => {
    expect(() => span('', () => 1)).toThrow(/name/);
    expect(() => span(7 as unknown as string, () => 1)).toThrow(/name/);
    expect(() => span('x'.repeat(1_000_000), () => 1)).toThrow(/name/);
    const other = await Client.connect(rig.cluster);
    await other.close();
    expect(await rejection(other.spans())).toMatchObject({ code: 'GRID_CLIENT_CLOSED' });
    expect(await rejection(other.fineMetrics())).toMatchObject({ code: 'GRID_CLIENT_CLOSED' });
  });
});

describe('fine metrics', () => {
  it('count what decoding, encoding and moving of large values takes, by span and function', async () => {
    const length = 250_000;
    const [first, second] = [...rig.cluster.workers.values()].map(({ address }) => address) as [string, string];
    const sum = await span('large', async () => {
      using data = rig.client.submit((n: number) => new Float64Array(n).fill(1), [length], {
        key: 'large-make',
        workers: first,
      });
      return rig.client
        .submit((values: Float64Array) => values.reduce((a, b) => a + b, 0), [data], {
          key: 'large-sum',
          workers: second,
        })
        .result();
    });
    expect(sum).toBe(length);
    const { metrics, runs } = await find('large');
    const written = { context: 'execute', prefix: 'large-make', activity: 'serialize' };
    const read = { context: 'execute', prefix: 'large-sum', activity: 'deserialize' };
    for (const wanted of [written, read]) {
      expect(amount(metrics, { ...wanted, unit: 'bytes' })).toBeGreaterThanOrEqual(length * 8);
      expect(amount(metrics, { ...wanted, unit: 'count' })).toBe(1);
      expect(amount(metrics, { ...wanted, unit: 'seconds' })).toBeGreaterThan(0);
    }
    expect(runs['large-sum']?.transferredBytes).toBeGreaterThanOrEqual(length * 8 - 1024);
    const all = await rig.client.fineMetrics();
    for (const context of ['gather-dep', 'get-data']) {
      expect(amount(all, { context, activity: 'network', unit: 'bytes' })).toBeGreaterThanOrEqual(length * 8);
    }
  });

  it('count what tasks measure themselves, awaits included, once their result is known', async () => {
    await span('measured', () =>
      rig.client
        .submit(
          async (ms: number) => {
            const letters = contextMeter.meter('think', () => 'abc');
            await contextMeter.meter('wait', () => new Promise((resolve) => setTimeout(resolve, ms)));
            for (const _ of letters) contextMeter.digestMetric('letters', 1, 'count');
            return letters;
          },
          [60],
          { key: 'measures-itself', pure: false },
        )
        .result(),
    );
    const { metrics } = await find('measured');
    const own = { context: 'execute', prefix: 'measures-itself' };
    expect(amount(metrics, { ...own, activity: 'wait', unit: 'seconds' })).toBeGreaterThanOrEqual(0.05);
    expect(amount(metrics, { ...own, activity: 'letters', unit: 'count' })).toBe(3);
    expect(metrics.some(({ activity }) => activity === 'think')).toBe(true);
  });

  it('count what a part of a task that fails took', async () => {
    using failing = span('measured failure', () =>
      rig.client.submit(
        () =>
          contextMeter.meter('breaks', () => {
            throw new Error('on purpose');
          }),
        [],
        { key: 'measured-failure' },
      ),
    );
    await failing.exception();
    const { metrics } = await find('measured failure');
    expect(amount(metrics, { activity: 'breaks', unit: 'seconds' })).toBeGreaterThan(0);
  });

  it('come with heartbeats from workers that are gone when somebody asks', async () => {
    await using own = await startRig({ nWorkers: 2 });
    const gone = own.client.submit(
      async () => {
        contextMeter.digestMetric('apples', 5, 'pieces');
        await new Event('worker-may-go').wait({ timeout: '20s' });
      },
      [],
      { pure: false, key: 'apples' },
    );
    await until('it runs', async () => (await own.client.story(gone)).some(({ to }) => to === 'executing'));
    await new Event('worker-may-go', { client: own.client }).set();
    await gone.result();
    const [worker] = Object.values(await own.client.whoHas([gone]))[0] ?? [];
    await own.client.retireWorkers({ workers: [worker ?? ''] });
    const wanted = { activity: 'apples', unit: 'pieces', prefix: 'apples' };
    await until('it is told of', async () => amount(await own.client.fineMetrics(), wanted) === 5);
  });

  it('are refused for what is no number, and cost nothing outside of tasks', async () => {
    expect(contextMeter.meter('here', () => 5)).toBe(5);
    contextMeter.digestMetric('here', 1, 'count');
    using bad = rig.client.submit(() => contextMeter.digestMetric('bad', Number.NaN, 'count'), []);
    expect(await rejection(bad.result())).toMatchObject({ code: 'GRID_CLIENT_BAD_OPTION' });
  });
});
