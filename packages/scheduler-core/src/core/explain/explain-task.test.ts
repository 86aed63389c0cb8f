import { describe, expect, it } from '@jest/globals';

import { TestScheduler } from '../../../test/support/test-scheduler.js';
import { explainTask } from './explain-task.js';

const GPU = [{ name: 'GPU', amount: 2 }];

describe('explainTask', () => {
  it('names each input that is not there, and what keeps the last of them', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    scheduler.worker('alice');
    scheduler.submit(client, { a: [], b: ['a'], c: ['b'] });
    const why = explainTask(scheduler.state, 'c');
    expect(why).toMatchObject({ state: 'waiting', reason: 'waits-for-inputs' });
    expect(why.details).toMatchObject({
      missing: 1,
      inputs: [{ key: 'b', state: 'waiting' }],
      next: { processing: 1 },
      cause: { key: 'a', reason: 'on-worker', details: { workerName: 'alice', others: 0 } },
    });
    expect(why.text).toContain("'b'");
  });

  it('finds the one input of many that nobody can compute', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    scheduler.worker('alice');
    scheduler.submit(client, { stuck: [] }, { resources: GPU });
    scheduler.submit(client, { a: [], b: [], total: ['a', 'b', 'stuck'] });
    expect(explainTask(scheduler.state, 'total').details).toMatchObject({
      missing: 3,
      next: { processing: 2, 'no-worker': 1 },
      cause: { key: 'stuck', reason: 'no-such-resource' },
    });
  });

  it('says which condition no worker meets', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    scheduler.submit(client, { x: [] });
    expect(explainTask(scheduler.state, 'x')).toMatchObject({ state: 'queued', reason: 'no-workers' });
    scheduler.submit(client, { bound: [] }, { resources: GPU });
    expect(explainTask(scheduler.state, 'bound')).toMatchObject({ state: 'no-worker', reason: 'no-workers' });

    const alice = scheduler.worker('alice', 1, 0, { GPU: 1 });
    scheduler.submit(client, { named: [] }, { workers: ['bob'] });
    expect(explainTask(scheduler.state, 'named')).toMatchObject({ reason: 'no-such-worker' });
    expect(explainTask(scheduler.state, 'named').text).toMatch(/'bob'.*'alice'/);

    scheduler.submit(client, { large: [] }, { resources: GPU });
    const large = explainTask(scheduler.state, 'large');
    expect(large).toMatchObject({ reason: 'no-such-resource', details: { wantedResources: { GPU: 2 } } });
    expect(large.text).toContain('2 GPU (the most that a worker has is 1)');

    scheduler.stimulate({ op: 'worker-status', worker: alice, status: 'paused' });
    scheduler.submit(client, { late: [] });
    expect(explainTask(scheduler.state, 'late')).toMatchObject({ reason: 'workers-not-running' });
    expect(explainTask(scheduler.state, 'late').text).toContain("'alice' is paused");
  });

  it('minds resources besides names, and lets a mere wish for a worker not count', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    scheduler.worker('alice', 1, 0, { GPU: 2 });
    scheduler.worker('bob');
    scheduler.submit(client, { both: [] }, { workers: ['bob'], resources: GPU });
    expect(explainTask(scheduler.state, 'both').reason).toBe('no-such-resource');
    scheduler.submit(
      client,
      { wish: [] },
      { workers: ['carol'], resources: [{ name: 'TPU', amount: 1 }], allowOtherWorkers: true },
    );
    expect(explainTask(scheduler.state, 'wish').reason).toBe('no-such-resource');
  });

  it('counts what has the slots that a queued task waits for, and who comes before it', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    scheduler.worker('alice');
    scheduler.submit(client, Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`slow-${String(n)}`, []])));
    expect(scheduler.stateOf('slow-19')).toBe('queued');
    const inFlight = scheduler.state.workers[0]?.processing.length ?? 0;
    expect(explainTask(scheduler.state, 'slow-19')).toMatchObject({
      reason: 'slots-taken',
      details: { ahead: 20 - inFlight - 1, queued: 20 - inFlight, slots: { slow: inFlight } },
    });
  });

  it('blames the input that failed', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    const alice = scheduler.worker('alice');
    scheduler.submit(client, { bad: [], sum: ['bad'] });
    scheduler.err(alice, 'bad');
    expect(explainTask(scheduler.state, 'bad')).toMatchObject({ state: 'erred', reason: 'failed' });
    expect(explainTask(scheduler.state, 'sum')).toMatchObject({
      state: 'erred',
      reason: 'input-failed',
      details: { blame: 'bad', message: 'Error: boom' },
    });
  });

  it('says where a result lies, and what became of one that is forgotten', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    const alice = scheduler.worker('alice');
    scheduler.submit(client, { x: [] });
    scheduler.finish(alice, ['x']);
    expect(explainTask(scheduler.state, 'x')).toMatchObject({ reason: 'finished', details: { nbytes: 8 } });
    scheduler.release(client, ['x']);
    expect(explainTask(scheduler.state, 'x')).toMatchObject({
      reason: 'unknown',
      details: { last: { to: 'forgotten' } },
    });
    expect(explainTask(scheduler.state, 'never')).toMatchObject({ reason: 'unknown', details: {} });
  });

  it('tells of a task that is kept for others and of data on its way', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    const alice = scheduler.worker('alice');
    scheduler.submit(client, { a: [], b: ['a'] }, { wanted: ['b'] });
    scheduler.finish(alice, ['a']);
    scheduler.finish(alice, ['b']);
    expect(explainTask(scheduler.state, 'a')).toMatchObject({ state: 'released', reason: 'not-needed' });
  });

  it('looks at no more of a huge graph than can be looked at in passing', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    scheduler.submit(client, { root: [] });
    const layer = Array.from({ length: 10_500 }, (_, n) => `layer-${String(n)}`);
    scheduler.submit(client, Object.fromEntries(layer.map((key) => [key, ['root']])));
    scheduler.submit(client, { sum: layer });
    expect(explainTask(scheduler.state, 'sum').text).toContain('or more');
  });
});
