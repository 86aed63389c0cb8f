import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { annotate, Topic, type PluginScheduler, type SchedulerPlugin } from '@grid/client';
import { getWorkerAddress } from '@grid/client/task';

import { rejection } from './support/rejection.js';
import { startRig, type Rig } from './support/start-cluster.js';
import { until } from './support/until.js';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ threadsPerWorker: 2, executors: { gpu: 1 } });
});

afterAll(async () => {
  await rig[Symbol.asyncDispose]();
});

const addresses = (): string[] => Array.from(rig.cluster.workers.values(), ({ address }) => address);

/** A name for the thread that this is called in. */
function threadName(): string {
  const here = globalThis as { threadName?: string };
  return (here.threadName ??= `${getWorkerAddress() ?? ''} ${String(Math.random())}`);
}

describe('resources that are changed while the cluster runs', () => {
  it('let what waited for them run, on that worker', async () => {
    const [first = '', second = ''] = addresses();
    const task = rig.client.submit(() => getWorkerAddress(), [], { resources: { LICENCE: 1 }, pure: false });
    await until('it waits', async () => (await rig.client.explainTask(task)).reason === 'no-such-resource');
    expect(await rig.client.setResources({ LICENCE: 1 }, { workers: second })).toEqual([second]);
    expect(await task.result()).toBe(second);
    const info = await rig.client.schedulerInfo();
    expect(info.workers[second]?.resources).toMatchObject({ LICENCE: 1 });
    expect(info.workers[first]?.resources).not.toMatchObject({ LICENCE: 1 });
    expect(await rig.client.setResources({ LICENCE: 0 })).toHaveLength(2);
    const late = rig.client.submit(() => 1, [], { resources: { LICENCE: 1 }, pure: false });
    await until('it waits', async () => (await rig.client.explainTask(late)).reason === 'no-such-resource');
    late.release();
  });

  it('are refused for what is no amount, and for workers that are not there', async () => {
    const { client } = rig;
    for (const resources of [{ GPU: -1 }, { GPU: '2' }, { GPU: NaN }, { 'executor:gpu': 2 }] as { GPU: number }[]) {
      expect(await rejection(client.setResources(resources))).toMatchObject({ code: 'GRID_CLIENT_BAD_OPTION' });
    }
    expect(await rejection(client.setResources(null as never))).toMatchObject({ code: 'GRID_CLIENT_BAD_ARGUMENT' });
    expect(await rejection(client.setResources({ GPU: 1 }, { workers: 'nobody' }))).toMatchObject({
      code: 'GRID_SCHEDULER_UNKNOWN_WORKER',
    });
  });
});

describe('executors', () => {
  it('run their tasks in threads of their own', async () => {
    const { client } = rig;
    const items = Array.from({ length: 40 }, (_, index) => index);
    const gpu = await client.gather(client.map(() => threadName(), items, { executor: 'gpu', pure: false }));
    const others = await client.gather(client.map(() => threadName(), items, { pure: false }));
    const annotated = await annotate({ executor: 'gpu' }, () =>
      client.submit(() => threadName(), [], { pure: false }),
    ).result();
    for (const address of addresses()) {
      expect(new Set(gpu.filter((name) => name.startsWith(address))).size).toBeLessThanOrEqual(1);
    }
    expect(others.filter((name) => gpu.includes(name))).toEqual([]);
    expect(others).not.toContain(annotated);
  });

  it('that no worker has make a task fail, by name', async () => {
    const task = rig.client.submit(() => 1, [], { executor: 'tpu', pure: false });
    const error = await rejection(task.result());
    expect(error).toMatchObject({ code: 'GRID_SCHEDULER_UNKNOWN_EXECUTOR', details: { executor: 'tpu' } });
    expect(String(error)).toContain('there are gpu');
  });
});

describe('notes of a submission', () => {
  it('are told to plugins of the scheduler, from a call or from around it', async () => {
    class Notes implements SchedulerPlugin {
      readonly kind = 'scheduler';
      scheduler: PluginScheduler | undefined;

      start(scheduler: PluginScheduler): void {
        this.scheduler = scheduler;
      }

      updateGraph({ keys, custom }: { keys: readonly string[]; custom: Readonly<Record<string, unknown>> }): void {
        this.scheduler?.logEvent('notes', { keys, custom });
      }
    }
    const { client } = rig;
    await client.registerPlugin(new Notes());
    await client.submit(() => 1, [], { key: 'noted', custom: { team: 'physics', run: 7 } }).result();
    await annotate({ custom: { team: 'biology' } }, () => client.submit(() => 2, [], { key: 'around' })).result();
    await client.submit(() => 3, [], { key: 'bare' }).result();
    const topic = new Topic<object>('notes', { client });
    await until('the notes', async () => (await topic.events()).length === 3);
    expect((await topic.events()).map(({ value }) => value)).toMatchObject([
      { keys: ['noted'], custom: { team: 'physics', run: 7 } },
      { keys: ['around'], custom: { team: 'biology' } },
      { keys: ['bare'], custom: {} },
    ]);
  });
});
