import { describe, expect, it } from '@jest/globals';
import type { WorkerRecord } from '../src/core/records.js';

import { TestScheduler, type Shape, type SubmitOptions } from './support/test-scheduler.js';

/** `count` tasks that depend on `data`, whose durations are known to be a second. */
function dependents(count: number): Shape {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`use-${String(index)}`, ['data']]));
}

/** A worker with `count` tasks before it that need what lies there, and an idle one beside it. */
function busyAndIdle(count: number, options: SubmitOptions = {}, nbytes = 8) {
  const scheduler = new TestScheduler({ unknownTaskDurationMs: 1000 });
  const client = scheduler.client();
  const busy = scheduler.worker('busy', 1, 0, { GPU: 1 });
  scheduler.submit(client, { data: [] });
  scheduler.finish(busy, ['data'], { nbytes });
  scheduler.submit(client, dependents(count), options);
  const idle = scheduler.worker('idle', 1, 0, { GPU: 1 });
  scheduler.out.take();
  return { scheduler, client, busy, idle };
}

function answer(scheduler: TestScheduler, worker: WorkerRecord, key: string, outcome: 'given-up' | 'kept' | 'unknown') {
  const { id: taskId, runId } = scheduler.task(key);
  scheduler.stimulate({ op: 'steal-response', worker, taskId, runId, outcome });
}

describe('stealing', () => {
  it('asks a busy worker for a task that an idle one could start sooner, and moves it when it was given up', () => {
    const { scheduler, busy, idle } = busyAndIdle(4);
    scheduler.stimulate({ op: 'balance' });
    expect(scheduler.out.take()).toEqual(['steal use-3 from busy']);
    expect(scheduler.task('use-3').processingOn).toBe(busy);
    answer(scheduler, busy, 'use-3', 'given-up');
    expect(scheduler.out.take()).toEqual(['compute use-3 on idle']);
    expect(scheduler.task('use-3').processingOn).toBe(idle);
  });

  it('does not ask for more while steals under way are enough', () => {
    const { scheduler } = busyAndIdle(4);
    scheduler.stimulate({ op: 'balance' });
    scheduler.out.take();
    scheduler.stimulate({ op: 'balance' });
    expect(scheduler.out.take()).toEqual([]);
  });

  it('does not ask again for what a worker has kept', () => {
    const { scheduler, busy } = busyAndIdle(3);
    scheduler.stimulate({ op: 'balance' });
    expect(scheduler.out.take()).toEqual(['steal use-2 from busy']);
    answer(scheduler, busy, 'use-2', 'kept');
    scheduler.stimulate({ op: 'balance' });
    expect(scheduler.out.take()).toEqual(['steal use-1 from busy']);
  });

  it('leaves a worker alone whose tasks all run', () => {
    const { scheduler } = busyAndIdle(1);
    scheduler.stimulate({ op: 'balance' });
    expect(scheduler.out.take()).toEqual([]);
  });

  it('leaves tasks where their data is if moving that costs more than waiting', () => {
    const { scheduler } = busyAndIdle(4, {}, 1_000_000_000_000);
    scheduler.stimulate({ op: 'balance' });
    expect(scheduler.out.take()).toEqual([]);
  });

  it('keeps to the workers that a task may run on', () => {
    const { scheduler } = busyAndIdle(4, { workers: ['busy'] });
    scheduler.stimulate({ op: 'balance' });
    expect(scheduler.out.take()).toEqual([]);
  });

  it('moves resources with the task', () => {
    const { scheduler, busy, idle } = busyAndIdle(4, { resources: [{ name: 'GPU', amount: 1 }] });
    scheduler.stimulate({ op: 'balance' });
    scheduler.out.take();
    expect([busy.usedResources.get('GPU'), idle.usedResources.get('GPU')]).toEqual([4, undefined]);
    answer(scheduler, busy, 'use-3', 'given-up');
    expect([busy.usedResources.get('GPU'), idle.usedResources.get('GPU')]).toEqual([3, 1]);
    scheduler.out.take();
    scheduler.stimulate({ op: 'balance' });
    // The thread of the other has nothing more to do than its one task, but its resource is taken.
    expect(scheduler.out.take()).toEqual([]);
  });

  it('decides anew if the thief is gone by the time the task is given up', () => {
    const { scheduler, busy, idle } = busyAndIdle(4);
    scheduler.stimulate({ op: 'balance' });
    scheduler.removeWorker(idle);
    scheduler.out.take();
    answer(scheduler, busy, 'use-3', 'given-up');
    expect(scheduler.task('use-3').processingOn).toBe(busy);
    expect(scheduler.out.take()).toEqual(['free use-3 on busy', 'compute use-3 on busy']);
  });

  it('ignores an answer about a run that was taken back, and runs again what its worker does not know', () => {
    const { scheduler, busy } = busyAndIdle(4);
    scheduler.stimulate({ op: 'balance' });
    const { id: taskId, runId } = scheduler.task('use-3');
    answer(scheduler, busy, 'use-3', 'unknown');
    expect(scheduler.task('use-3').runId).toBeGreaterThan(runId);
    scheduler.out.take();
    scheduler.stimulate({ op: 'steal-response', worker: busy, taskId, runId, outcome: 'given-up' });
    expect(scheduler.out.take()).toEqual([]);
  });

  it('frees tasks that stand behind one which takes far longer than was thought', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    const busy = scheduler.worker('busy');
    scheduler.submit(client, { data: [], 'use-0': ['data'] });
    scheduler.finish(busy, ['data'], { durationMs: 1 });
    scheduler.finish(busy, ['use-0'], { durationMs: 1 });
    scheduler.submit(client, { 'use-1': ['data'], 'use-2': ['data'] });
    scheduler.worker('idle');
    scheduler.out.take();
    scheduler.stimulate({ op: 'balance' });
    expect(scheduler.out.take()).toEqual([]);
    scheduler.now += 1000;
    scheduler.stimulate({ op: 'balance' });
    expect(scheduler.out.take()).toEqual(['steal use-2 from busy']);
  });

  it('does not take a worker for idle that has as much to do as most, because others are held up', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    const workers = ['a', 'b', 'c'].map((name) => scheduler.worker(name));
    scheduler.submit(client, { warm: [] });
    scheduler.finish(scheduler.task('warm').processingOn!, ['warm'], { durationMs: 1 });
    scheduler.submit(
      client,
      Object.fromEntries(Array.from({ length: 24 }, (_, index) => [`warm-${String(index)}`, []])),
    );
    const [slow, ...quick] = workers;
    scheduler.now += 1000;
    for (const worker of quick) {
      const first = worker.processing[0]!;
      scheduler.finish(worker, [first.key], { durationMs: 1 });
    }
    scheduler.out.take();
    expect(workers.every((worker) => worker.processing.length > 1)).toBe(true);
    scheduler.stimulate({ op: 'balance' });
    expect(scheduler.out.take()).toEqual([]);
    expect(slow!.lastProgressAt).toBeLessThan(scheduler.now - 500);
  });
});
