import { describe, expect, it } from '@jest/globals';

import { TestScheduler } from './support/test-scheduler.js';

describe('a task that is fired and forgotten', () => {
  it('is done though its client is gone, with what it needs, and then forgotten', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    scheduler.submit(client, { first: [], last: ['first'] });
    scheduler.stimulate({ op: 'fire-and-forget', client, ids: [scheduler.idOf(client, 'last')] });
    scheduler.stimulate({ op: 'remove-client', client });
    const worker = scheduler.worker('w');
    scheduler.finish(worker, ['first']);
    expect(scheduler.stateOf('last')).toBe('processing');
    scheduler.finish(worker, ['last']);
    expect(scheduler.states('first', 'last')).toEqual(['gone', 'gone']);
  });

  it('is forgotten when it fails, and kept for those who hold a future of it', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    const worker = scheduler.worker('w');
    scheduler.submit(client, { failing: [], wanted: [] });
    const ids = ['failing', 'wanted'].map((key) => scheduler.idOf(client, key));
    scheduler.stimulate({ op: 'fire-and-forget', client, ids });
    scheduler.release(client, ['failing']);
    scheduler.err(worker, 'failing');
    scheduler.finish(worker, ['wanted']);
    expect(scheduler.states('failing', 'wanted')).toEqual(['gone', 'memory']);
    scheduler.release(client, ['wanted']);
    expect(scheduler.stateOf('wanted')).toBe('gone');
  });

  it('is nothing that is over already', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    const worker = scheduler.worker('w');
    scheduler.submit(client, { done: [] });
    scheduler.finish(worker, ['done']);
    scheduler.stimulate({ op: 'fire-and-forget', client, ids: [scheduler.idOf(client, 'done')] });
    scheduler.release(client, ['done']);
    expect(scheduler.stateOf('done')).toBe('gone');
  });
});
