import { describe, expect, it } from '@jest/globals';

import { ReduceReplicas } from '../src/core/memory-manager/reduce-replicas.js';
import { RetireWorker } from '../src/core/memory-manager/retire-worker.js';
import type { WorkerRecord } from '../src/core/records.js';
import { FAILURE, TestScheduler } from './support/test-scheduler.js';

/** The actor `a` on a worker `home`, and another worker that has nothing. */
function cluster() {
  const scheduler = new TestScheduler();
  const client = scheduler.client();
  const home = scheduler.worker('home');
  scheduler.submit(client, { a: [] }, { actor: true });
  scheduler.finish(home, ['a']);
  const other = scheduler.worker('other');
  scheduler.out.take();
  return { scheduler, client, home, other };
}

/** `worker` has fetched the handle of `a`. */
function fetchHandle(scheduler: TestScheduler, worker: WorkerRecord): void {
  scheduler.stimulate({ op: 'add-keys', worker, taskIds: [scheduler.task('a').id], sizes: [8] });
}

describe('where an actor is made', () => {
  it('is the worker with the fewest actors, whatever else it has to do', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    const workers = [scheduler.worker('1'), scheduler.worker('2'), scheduler.worker('3')] as const;
    scheduler.submit(client, { a: [], b: [], c: [], d: [] }, { actor: true });
    expect(workers.map(({ actors }) => actors.size).sort()).toEqual([1, 1, 2]);
  });

  it('is nowhere but on the workers that it may be made on', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    const first = scheduler.worker('1');
    scheduler.worker('2');
    scheduler.submit(client, { a: [], b: [] }, { actor: true, workers: ['1'] });
    expect(first.actors.size).toBe(2);
  });

  it('is decided at once: actors do not wait in the queue, however many there are', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    scheduler.worker('1');
    const keys = Array.from({ length: 20 }, (_, i) => `many-${String(i)}`);
    scheduler.submit(client, Object.fromEntries(keys.map((key) => [key, []])), { actor: true });
    expect(new Set(scheduler.states(...keys))).toEqual(new Set(['processing']));
  });

  it('is another worker if the one that makes it dies', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    const first = scheduler.worker('1');
    scheduler.submit(client, { a: [] }, { actor: true });
    const second = scheduler.worker('2');
    scheduler.removeWorker(first);
    expect(scheduler.task('a').processingOn).toBe(second);
    expect([...second.actors]).toEqual([scheduler.task('a')]);
  });
});

describe('an actor whose worker is gone', () => {
  it('has failed, with all that was going to need it, though others have copies of its handle', () => {
    const { scheduler, client, home, other } = cluster();
    scheduler.submit(client, { use: ['a'] }, { workers: ['other'] });
    fetchHandle(scheduler, other);
    scheduler.out.take();
    scheduler.removeWorker(home);
    expect(scheduler.states('a', 'use')).toEqual(['erred', 'erred']);
    expect(scheduler.task('a').failure?.cause).toMatchObject({ code: 'GRID_ACTOR_LOST' });
    expect(scheduler.task('use').failure?.key).toBe('a');
  });

  it('does not fail what has its result already', () => {
    const { scheduler, client, home, other } = cluster();
    scheduler.submit(client, { use: ['a'] }, { workers: ['other'] });
    scheduler.finish(other, ['use']);
    scheduler.removeWorker(home);
    expect(scheduler.states('a', 'use')).toEqual(['erred', 'memory']);
  });

  it('is forgotten if nobody wants it', () => {
    const { scheduler, client, home, other } = cluster();
    scheduler.submit(client, { use: ['a'] }, { workers: ['other'] });
    scheduler.finish(other, ['use']);
    scheduler.release(client, ['a']);
    scheduler.removeWorker(home);
    expect(scheduler.stateOf('use')).toBe('memory');
    expect(scheduler.stateOf('a')).not.toBe('erred');
  });

  it('is made anew when somebody asks for that', () => {
    const { scheduler, client, home, other } = cluster();
    scheduler.removeWorker(home);
    scheduler.stimulate({ op: 'retry-keys', client, ids: [scheduler.idOf(client, 'a')] });
    expect(scheduler.task('a').processingOn).toBe(other);
  });
});

describe('an actor whose thread is gone', () => {
  it('has failed with what its worker says, and its handles are taken back', () => {
    const { scheduler, home, other } = cluster();
    fetchHandle(scheduler, other);
    const { id: taskId, runId } = scheduler.task('a');
    scheduler.stimulate({ op: 'actor-lost', worker: home, taskId, runId, failure: FAILURE });
    expect(scheduler.stateOf('a')).toBe('erred');
    expect(scheduler.task('a').failure?.cause).toBe(FAILURE);
    expect(home.actors.size).toBe(0);
  });

  it('is not another one, of an earlier run or elsewhere: such news is late', () => {
    const { scheduler, home, other } = cluster();
    const { id: taskId, runId } = scheduler.task('a');
    scheduler.stimulate({ op: 'actor-lost', worker: home, taskId, runId: runId - 1, failure: FAILURE });
    scheduler.stimulate({ op: 'actor-lost', worker: other, taskId, runId, failure: FAILURE });
    scheduler.stimulate({ op: 'actor-lost', worker: home, taskId: taskId + 100, runId, failure: FAILURE });
    expect(scheduler.stateOf('a')).toBe('memory');
    expect(scheduler.state.staleCount).toBe(3);
  });
});

describe('copies', () => {
  it('of a handle are neither made nor moved, and those that tasks have fetched are dropped, never the one at home', () => {
    const { scheduler, home, other } = cluster();
    const moved: unknown[] = [];
    const policy = {
      name: 'test',
      run: (round: Parameters<RetireWorker['run']>[0]) => {
        for (const task of round.tasksOn(home)) moved.push(round.replicate(task), round.drop(task));
      },
    };
    scheduler.stimulate({ op: 'manage-memory', policies: [policy] });
    expect(moved).toEqual([null, null]);
    fetchHandle(scheduler, other);
    scheduler.out.take();
    scheduler.stimulate({ op: 'manage-memory', policies: [new ReduceReplicas()] });
    expect(scheduler.out.take()).toEqual(['other is to drop a']);
  });

  it('do not let the worker go on which the actor lives', () => {
    const { scheduler, home, other } = cluster();
    fetchHandle(scheduler, other);
    const policy = new RetireWorker(home);
    scheduler.stimulate({ op: 'manage-memory', policies: [policy] });
    expect(policy.pinned).toEqual(['a']);
  });
});
