import { describe, expect, it } from '@jest/globals';

import { TestScheduler } from '../../../test/support/test-scheduler.js';

const TIMEOUT = { op: 'fail-unrunnable', timeoutMs: 1000, withoutWorkersMs: 0 } as const;

describe('tasks that no worker may run', () => {
  it('fail when the time is up, with what is missing, and what depends on them with them', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    scheduler.worker('w');
    scheduler.submit(client, { a: [], b: ['a'] }, { resources: [{ name: 'GPU', amount: 1 }] });
    scheduler.now += 999;
    scheduler.stimulate(TIMEOUT);
    expect(scheduler.stateOf('a')).toBe('no-worker');
    scheduler.now += 1;
    scheduler.stimulate(TIMEOUT);
    expect([scheduler.stateOf('a'), scheduler.stateOf('b')]).toEqual(['erred', 'erred']);
    expect(scheduler.task('b').failure?.cause).toMatchObject({ code: 'GRID_SCHEDULER_NO_VALID_WORKER' });
  });

  it('fail for want of any worker, also in the queue, and only then', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    scheduler.submit(client, { a: [] });
    scheduler.now += 5000;
    scheduler.stimulate({ ...TIMEOUT, withoutWorkersMs: 5000 });
    expect(scheduler.task('a').failure?.cause).toMatchObject({ code: 'GRID_SCHEDULER_NO_WORKERS' });
  });

  it('run after a worker has come that may run them, if they are tried again', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    scheduler.submit(client, { a: [] });
    scheduler.now += 5000;
    scheduler.stimulate({ ...TIMEOUT, withoutWorkersMs: 5000 });
    expect(scheduler.stateOf('a')).toBe('erred');
    scheduler.worker('w');
    scheduler.stimulate({ op: 'retry-keys', client, ids: [0] });
    expect(scheduler.stateOf('a')).toBe('processing');
  });
});
