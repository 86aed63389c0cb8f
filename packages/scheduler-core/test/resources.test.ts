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
});
