import { textColumn } from '@grid/protocol';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { RetireWorker } from '../src/core/memory-manager/retire-worker.js';
import { workersToClose } from '../src/core/placement/workers-to-close.js';
import type { WorkerRecord } from '../src/core/records.js';
import type { Stimulus } from '../src/core/stimulus.js';
import { Placements } from '../src/shell/placement/placements.js';
import { Retirements } from '../src/shell/placement/retirements.js';
import { TestScheduler } from './support/test-scheduler.js';

/** A worker with `x` in memory, `y` in a thread and `z` in line behind it; another one without anything. */
function pair() {
  const scheduler = new TestScheduler();
  const client = scheduler.client();
  const a = scheduler.worker('a');
  scheduler.submit(client, { x: [], y: ['x'], z: ['x'] });
  scheduler.finish(a, ['x']);
  const b = scheduler.worker('b');
  scheduler.out.take();
  return { scheduler, client, a, b };
}

function retire(scheduler: TestScheduler, worker: WorkerRecord, isRetiring = true): string[] {
  scheduler.stimulate({ op: 'retire-worker', worker, isRetiring });
  return scheduler.out.take();
}

function answer(scheduler: TestScheduler, worker: WorkerRecord, key: string, outcome: 'given-up' | 'kept'): string[] {
  const { id: taskId, runId } = scheduler.task(key);
  scheduler.stimulate({ op: 'steal-response', worker, taskId, runId, outcome });
  return scheduler.out.take();
}

function tell(scheduler: TestScheduler, worker: WorkerRecord, key: string, what: 'add-keys' | 'release-worker-data') {
  const taskIds = [scheduler.task(key).id];
  if (what === 'add-keys') scheduler.stimulate({ op: what, worker, taskIds, sizes: [8] });
  else scheduler.stimulate({ op: what, worker, taskIds });
}

function manage(scheduler: TestScheduler, ...policies: RetireWorker[]): string[] {
  scheduler.stimulate({ op: 'manage-memory', policies });
  return scheduler.out.take();
}

describe('a worker that is to leave in order', () => {
  it('is asked for what it has not begun, which goes elsewhere, and gets nothing new', () => {
    const { scheduler, client, a } = pair();
    expect(retire(scheduler, a)).toEqual(['steal z from a', 'steal y from a']);
    expect(answer(scheduler, a, 'y', 'kept')).toEqual([]);
    expect(answer(scheduler, a, 'z', 'given-up')).toEqual(['free z on a', 'compute z on b']);
    scheduler.submit(client, { more: ['x'] });
    expect(scheduler.out.take()).toEqual(['compute more on b']);
    expect(a.status).toBe('closing-gracefully');
  });

  it('stays what it is when it says that it pauses or runs, and is what it said last when it may stay', () => {
    const { scheduler, a } = pair();
    retire(scheduler, a);
    scheduler.stimulate({ op: 'worker-status', worker: a, status: 'paused' });
    expect(a.status).toBe('closing-gracefully');
    retire(scheduler, a, false);
    expect(a.status).toBe('paused');
    scheduler.stimulate({ op: 'worker-status', worker: a, status: 'running' });
    expect(a.status).toBe('running');
  });

  it('keeps tasks that no other worker may run', () => {
    const { scheduler, client, a } = pair();
    scheduler.submit(client, { mine: ['x'] }, { workers: ['a'] });
    scheduler.out.take();
    expect(retire(scheduler, a)).toEqual(['steal z from a', 'steal y from a']);
    const alone = new TestScheduler();
    const last = alone.worker('last');
    alone.submit(alone.client(), { one: [], two: [] });
    alone.out.take();
    expect(retire(alone, last)).toEqual([]);
  });

  it('is asked again after a second for what it kept: it may have gone back from its thread to the line', () => {
    const { scheduler, a } = pair();
    retire(scheduler, a);
    answer(scheduler, a, 'y', 'kept');
    answer(scheduler, a, 'z', 'given-up');
    scheduler.stimulate({ op: 'balance' });
    expect(scheduler.out.take()).toEqual([]);
    scheduler.now += 1000;
    scheduler.stimulate({ op: 'balance' });
    expect(scheduler.out.take()).toEqual(['steal y from a']);
  });

  it('has its results moved: copied where there is none, dropped where there is one', () => {
    const { scheduler, a, b } = pair();
    scheduler.finish(a, ['y', 'z']);
    scheduler.out.take();
    retire(scheduler, a);
    const policy = new RetireWorker(a);
    expect(manage(scheduler, policy)).toEqual(['b is to get x', 'b is to get y', 'b is to get z']);
    expect([policy.moving, policy.homeless]).toEqual([3, 0]);
    expect(manage(scheduler, policy)).toEqual([]);
    tell(scheduler, b, 'x', 'add-keys');
    tell(scheduler, b, 'y', 'release-worker-data');
    expect(manage(scheduler, policy)).toEqual(['a is to drop x', 'b is to get y']);
    expect(policy.moving).toBe(2);
    for (const key of ['y', 'z']) tell(scheduler, b, key, 'add-keys');
    manage(scheduler, policy);
    expect([policy.moving, a.nbytes]).toEqual([0, 0]);
  });

  it('does not give its results to others that leave', () => {
    const { scheduler, a, b } = pair();
    for (const worker of [a, b]) retire(scheduler, worker);
    const policy = new RetireWorker(a);
    manage(scheduler, policy);
    expect([policy.moving, policy.homeless]).toEqual([1, 1]);
    scheduler.worker('c');
    tell(scheduler, b, 'x', 'add-keys');
    scheduler.out.take();
    expect(manage(scheduler, policy, new RetireWorker(b))).toEqual(['c is to get x']);
  });
});

describe('a worker that pauses', () => {
  it('is asked for what it has not begun, also later on, until it runs again', () => {
    const { scheduler, a } = pair();
    scheduler.stimulate({ op: 'worker-status', worker: a, status: 'paused' });
    expect(scheduler.out.take()).toEqual(['steal z from a', 'steal y from a']);
    expect(answer(scheduler, a, 'z', 'given-up')).toEqual(['free z on a', 'compute z on b']);
    answer(scheduler, a, 'y', 'kept');
    scheduler.now += 1000;
    scheduler.stimulate({ op: 'balance' });
    expect(scheduler.out.take()).toEqual(['steal y from a']);
    scheduler.stimulate({ op: 'worker-status', worker: a, status: 'running' });
    expect(answer(scheduler, a, 'y', 'given-up')).toHaveLength(2);
    scheduler.stimulate({ op: 'balance' });
    expect(scheduler.out.take()).toEqual([]);
  });
});

describe('Retirements', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  /** A scheduler's shell without lines. */
  function shell(scheduler: TestScheduler) {
    const parts = {
      state: scheduler.state,
      now: () => scheduler.now,
      stimulate: (stimulus: Stimulus) => scheduler.stimulate(stimulus),
    };
    const placements = new Placements(parts);
    return { placements, retirements: new Retirements(placements, parts) };
  }

  it('are over when all tasks have ended and all results have a copy elsewhere', async () => {
    const { scheduler, a, b } = pair();
    const done = shell(scheduler).retirements.retire([a], 1000);
    answer(scheduler, a, 'z', 'given-up');
    scheduler.finish(a, ['y']);
    jest.advanceTimersByTime(500);
    expect(scheduler.out.take()).toContain('b is to get y');
    for (const key of ['x', 'y']) tell(scheduler, b, key, 'add-keys');
    jest.advanceTimersByTime(500);
    expect(await done).toEqual([{ isReady: true }]);
    expect(a.status).toBe('closing-gracefully');
  });

  it('of workers without tasks and results are over at once, also of the last one', async () => {
    const scheduler = new TestScheduler();
    const workers = [scheduler.worker('a'), scheduler.worker('b')];
    expect(await shell(scheduler).retirements.retire(workers, 0)).toEqual([{ isReady: true }, { isReady: true }]);
  });

  it('are given up when nobody can take the results: the worker stays and runs', async () => {
    const { scheduler, a, b } = pair();
    scheduler.stimulate({ op: 'worker-status', worker: b, status: 'paused' });
    const [outcome] = await shell(scheduler).retirements.retire([a], 1000);
    expect(outcome).toEqual({ isReady: false, reason: expect.stringContaining('1 results') });
    expect(a.status).toBe('running');
  });

  it('are given up when the time is up', async () => {
    const { scheduler, a } = pair();
    const done = shell(scheduler).retirements.retire([a], 100);
    scheduler.now += 100;
    jest.advanceTimersByTime(500);
    expect(await done).toEqual([{ isReady: false, reason: expect.stringContaining('2 tasks') }]);
    expect(a.status).toBe('running');
  });

  it('of one worker are one, whoever asks, and are over when it dies', async () => {
    const { scheduler, a } = pair();
    const { retirements, placements } = shell(scheduler);
    const both = Promise.all([retirements.retire([a], 1000), retirements.retire([a], 1000)]);
    scheduler.removeWorker(a);
    placements.wake();
    jest.advanceTimersByTime(2);
    expect((await both).flat()).toEqual([{ isReady: true }, { isReady: true }]);
  });

  it('wait for data that a client was told to send there', async () => {
    const scheduler = new TestScheduler();
    const [client, a] = [scheduler.client(), scheduler.worker('a')];
    const plan = { ids: [0], keys: textColumn(['data']), sizes: [8], workers: [] };
    scheduler.stimulate({ op: 'plan-scatter', client, ...plan });
    const done = shell(scheduler).retirements.retire([a], 1000);
    tell(scheduler, a, 'data', 'add-keys');
    jest.advanceTimersByTime(500);
    expect(await done).toEqual([{ isReady: false, reason: expect.stringContaining('no other worker') }]);
  });

  it('end with the scheduler', async () => {
    const { scheduler, a } = pair();
    const { retirements, placements } = shell(scheduler);
    const done = retirements.retire([a], 1000);
    placements.close();
    expect(await done).toEqual([{ isReady: false, reason: 'the scheduler closes' }]);
  });
});

describe('workersToClose', () => {
  function cluster() {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    const [a, b, c] = ['a', 'b', 'c'].map((name) => scheduler.worker(name, 1, 1000)) as [
      WorkerRecord,
      WorkerRecord,
      WorkerRecord,
    ];
    scheduler.submit(client, { full: [] }, { workers: ['a'] });
    scheduler.finish(a, ['full'], { nbytes: 400 });
    scheduler.submit(client, { busy: [] }, { workers: ['b'] });
    return { scheduler, a, b, c };
  }

  it('names the idle ones with the fewest bytes first, and busy ones last', () => {
    const { scheduler, a, b, c } = cluster();
    expect(workersToClose(scheduler.state, 1)).toEqual([c]);
    expect(workersToClose(scheduler.state, 5)).toEqual([c, a, b]);
  });

  it('leaves memory for twice the results that there are, and never names busy ones, if it is not told how many', () => {
    const { scheduler, a, c } = cluster();
    expect(workersToClose(scheduler.state, null)).toEqual([c, a]);
    Object.assign(a, { nbytes: 700 });
    expect(workersToClose(scheduler.state, null)).toEqual([c]);
  });
});
