import { executorResource } from '@grid/common';
import { describe, expect, it } from '@jest/globals';

import { TestScheduler } from './support/test-scheduler.js';

const GPU = [{ name: 'GPU', amount: 1 }];

describe('resources', () => {
  it('are a condition: a task goes only to workers that have as much', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    scheduler.worker('plain');
    scheduler.submit(client, { a: [] }, { resources: [{ name: 'GPU', amount: 2 }] });
    scheduler.worker('small', 1, 0, { GPU: 1 });
    expect(scheduler.stateOf('a')).toBe('no-worker');
    scheduler.worker('large', 1, 0, { GPU: 2 });
    expect(scheduler.task('a').processingOn?.about.name).toBe('large');
  });

  it('are a condition also where the named workers are only a wish', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    scheduler.worker('plain');
    scheduler.submit(client, { a: [] }, { resources: GPU, workers: ['plain'], allowOtherWorkers: true });
    expect(scheduler.stateOf('a')).toBe('no-worker');
    scheduler.worker('able', 1, 0, { GPU: 1 });
    expect(scheduler.task('a').processingOn?.about.name).toBe('able');
  });

  it('send a task past a worker where it would stand in line, also away from its data', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    const first = scheduler.worker('first', 4, 0, { GPU: 1 });
    scheduler.worker('second', 4, 0, { GPU: 1 });
    scheduler.submit(client, { data: [] }, { workers: ['first'] });
    scheduler.finish(first, ['data'], { nbytes: 1_000_000 });
    scheduler.submit(client, { a: ['data'], b: ['data'] }, { resources: GPU });
    expect(scheduler.task('a').processingOn?.about.name).toBe('first');
    expect(scheduler.task('b').processingOn?.about.name).toBe('second');
    expect(first.usedResources.get('GPU')).toBe(1);
    scheduler.finish(first, ['a']);
    expect(first.usedResources.get('GPU') ?? 0).toBe(0);
  });

  it('keep many equal tasks out of the queue, whose slots know nothing of them', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    scheduler.worker('able', 1, 0, { GPU: 1 });
    const shape = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`work-${String(index)}`, []]));
    scheduler.submit(client, shape, { resources: GPU });
    expect(scheduler.state.queue.size).toBe(0);
    expect(scheduler.stateOf('work-19')).toBe('processing');
  });

  it('may change: what waited for them runs, and what wants more than there is now and has not begun goes elsewhere', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    const first = scheduler.worker('first', 4);
    scheduler.submit(client, { a: [], b: [] }, { resources: GPU });
    expect(scheduler.states('a', 'b')).toEqual(['no-worker', 'no-worker']);
    scheduler.stimulate({ op: 'set-resources', worker: first, resources: new Map([['GPU', 2]]) });
    expect(scheduler.states('a', 'b')).toEqual(['processing', 'processing']);
    scheduler.out.take();
    const second = scheduler.worker('second', 4, 0, { GPU: 1 });
    scheduler.stimulate({ op: 'set-resources', worker: first, resources: new Map([['GPU', 0]]) });
    expect(scheduler.out.take()).toEqual(['steal a from first', 'steal b from first']);
    const [a, b] = [scheduler.task('a'), scheduler.task('b')];
    scheduler.stimulate({ op: 'steal-response', worker: first, taskId: a.id, runId: a.runId, outcome: 'given-up' });
    expect(a.processingOn).toBe(second);
    scheduler.stimulate({ op: 'steal-response', worker: first, taskId: b.id, runId: b.runId, outcome: 'kept' });
    expect(b.processingOn).toBe(first);
    expect(first.resources.size).toBe(0);
  });
});

describe('executors', () => {
  const inGpu = { resources: [{ name: executorResource('gpu'), amount: 1 }] };

  it('are where their tasks go', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    scheduler.worker('plain', 4);
    const able = scheduler.worker('able', 1, 0, { [executorResource('gpu')]: 1 });
    scheduler.submit(client, { a: [] }, inGpu);
    expect(scheduler.task('a').processingOn).toBe(able);
  });

  it('that no worker has make a task fail, and it can be tried again; without any worker it waits', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    scheduler.submit(client, { early: [] }, inGpu);
    expect(scheduler.stateOf('early')).toBe('no-worker');
    const plain = scheduler.worker('plain', 4, 0, { [executorResource('io')]: 1 });
    expect(scheduler.stateOf('early')).toBe('erred');
    scheduler.submit(client, { late: [], after: ['late'] }, inGpu);
    expect(scheduler.states('late', 'after')).toEqual(['erred', 'erred']);
    expect(scheduler.task('late').failure?.cause).toMatchObject({
      code: 'GRID_SCHEDULER_UNKNOWN_EXECUTOR',
      message: expect.stringContaining('there are io'),
    });
    expect(plain.processing).toEqual([]);
    scheduler.worker('able', 1, 0, { [executorResource('gpu')]: 1 });
    scheduler.stimulate({ op: 'retry-keys', client, ids: [scheduler.idOf(client, 'late')] });
    expect(scheduler.stateOf('late')).toBe('processing');
  });
});
