import { describe, expect, it } from '@jest/globals';

import { isSchedulerFailure } from '../src/core/failure-record.js';
import { TestScheduler } from './support/test-scheduler.js';

function codeOf(scheduler: TestScheduler, key: string): string | undefined {
  const cause = scheduler.task(key).failure?.cause;
  return cause !== undefined && isSchedulerFailure(cause) ? cause.code : undefined;
}

describe('inputs', () => {
  it('that are larger together than the memory of every worker have a task fail before it is sent', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    const worker = scheduler.worker('w', 1, 1000);
    scheduler.submit(client, { x: [], y: [], z: ['x', 'y'], after: ['z'] });
    scheduler.finish(worker, ['x', 'y'], { nbytes: 600 });
    expect(scheduler.states('z', 'after')).toEqual(['erred', 'erred']);
    expect([codeOf(scheduler, 'z'), codeOf(scheduler, 'after')]).toEqual([
      'GRID_SCHEDULER_INPUTS_TOO_LARGE',
      'GRID_SCHEDULER_INPUTS_TOO_LARGE',
    ]);
    expect(worker.processing).toEqual([]);
  });

  it('that fit into a larger worker have the task go there, away from its data, and it may be tried again when one comes', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    const small = scheduler.worker('small', 1, 1000);
    scheduler.submit(client, { x: [], y: ['x'], z: ['x'] });
    scheduler.finish(small, ['x'], { nbytes: 1500 });
    expect(scheduler.states('y', 'z')).toEqual(['erred', 'erred']);
    scheduler.worker('large', 1, 2000);
    scheduler.stimulate({ op: 'retry-keys', client, ids: [scheduler.idOf(client, 'y')] });
    expect(scheduler.task('y').processingOn?.about.name).toBe('large');
    expect(scheduler.stateOf('z')).toBe('erred');
  });

  it('are no hindrance for workers that have not said how much memory they have', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    const worker = scheduler.worker('w');
    scheduler.submit(client, { x: [], y: ['x'] });
    scheduler.finish(worker, ['x'], { nbytes: 1e15 });
    expect(scheduler.stateOf('y')).toBe('processing');
  });

  it('keep a task that stands in the queue from a worker that is too small, and the queue moves on', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    const worker = scheduler.worker('w', 1, 1000);
    scheduler.submit(client, { x: [], small: [] });
    scheduler.finish(worker, ['x'], { nbytes: 1500 });
    scheduler.finish(worker, ['small'], { nbytes: 10 });
    const shape = Object.fromEntries(
      Array.from({ length: 9 }, (_, index) => [`wide-0123456789abcdef-${String(index)}`, [index < 8 ? 'x' : 'small']]),
    );
    scheduler.submit(client, shape);
    const keys = Object.keys(shape);
    expect(scheduler.states(...keys)).toEqual([...keys.slice(0, 8).map(() => 'erred'), 'processing']);
  });

  it('keep idle workers that are too small from stealing a task', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    const large = scheduler.worker('large', 1, 10_000);
    scheduler.submit(client, { x: [] });
    scheduler.finish(large, ['x'], { nbytes: 5000 });
    scheduler.worker('small', 1, 1000);
    const shape = Object.fromEntries(Array.from({ length: 6 }, (_, index) => [`long${String(index)}-1`, ['x']]));
    scheduler.submit(client, shape);
    scheduler.out.take();
    scheduler.stimulate({ op: 'balance' });
    expect(scheduler.out.take()).toEqual([]);
  });
});
