import { describe, expect, it } from '@jest/globals';

import type { MemoryPolicy, MemoryRound } from '../src/core/memory-manager/memory-policy.js';
import { ReduceReplicas } from '../src/core/memory-manager/reduce-replicas.js';
import type { WorkerRecord } from '../src/core/records.js';
import { membersOf } from '../src/core/relation.js';
import { TestScheduler } from './support/test-scheduler.js';

/** `x` in memory on `a`, and other workers that have nothing. */
function cluster(...names: string[]) {
  const scheduler = new TestScheduler();
  const client = scheduler.client();
  const a = scheduler.worker('a');
  scheduler.submit(client, { x: [] });
  scheduler.finish(a, ['x'], { nbytes: 100 });
  const others = names.map((name) => scheduler.worker(name)) as [WorkerRecord, WorkerRecord, WorkerRecord];
  scheduler.out.take();
  return { scheduler, client, a, others };
}

/** `worker` says that it has a copy, or that it has none. */
function tell(scheduler: TestScheduler, worker: WorkerRecord, key: string, what: 'add-keys' | 'release-worker-data') {
  const taskIds = [scheduler.task(key).id];
  if (what === 'add-keys') scheduler.stimulate({ op: what, worker, taskIds, sizes: [100] });
  else scheduler.stimulate({ op: what, worker, taskIds });
}

const holders = (scheduler: TestScheduler, key: string): string[] =>
  membersOf(scheduler.task(key).whoHas).map(({ about }) => about.name);

/** One round of a policy that is written down in the test. */
function manage(scheduler: TestScheduler, ...runs: (MemoryPolicy | ((round: MemoryRound) => void))[]): string[] {
  const policies = runs.map((run) => (typeof run === 'function' ? { name: 'test', run } : run));
  scheduler.stimulate({ op: 'manage-memory', policies });
  return scheduler.out.take();
}

const taskOf = (round: MemoryRound, key: string) => {
  const task = round.workers.flatMap((worker) => round.tasksOn(worker)).find((other) => other.key === key);
  if (task === undefined) throw new TypeError(`nobody holds ${key}`);
  return task;
};

const reduce = new ReduceReplicas();

describe('a round of the memory manager', () => {
  it('asks the worker with the least memory for a copy, which counts once that worker has it', () => {
    const { scheduler, others } = cluster('b', 'c');
    const [b, c] = others;
    scheduler.stimulate({ op: 'heartbeat', worker: b, memory: { spilledBytes: 0, unmanagedBytes: 50 }, bandwidth: 0 });
    expect(manage(scheduler, (round) => round.replicate(taskOf(round, 'x')))).toEqual(['c is to get x']);
    expect(holders(scheduler, 'x')).toEqual(['a']);
    // What is on its way counts as memory of its recipient, and as a copy.
    expect(
      manage(scheduler, (round) => {
        expect([round.copyCount(taskOf(round, 'x')), round.memoryOf(c), round.memoryOf(b)]).toEqual([2, 100, 50]);
      }),
    ).toEqual([]);
    tell(scheduler, c, 'x', 'add-keys');
    expect(holders(scheduler, 'x')).toEqual(['a', 'c']);
  });

  it('never asks a worker that has a copy, is to get one, takes no tasks, or knows nothing of copies', () => {
    const { scheduler, others } = cluster('b', 'c', 'd');
    const [b, c, d] = others;
    scheduler.stimulate({ op: 'worker-status', worker: c, status: 'paused' });
    Object.assign(d.about, { takesReplicas: false });
    expect(
      manage(scheduler, (round) => {
        expect(round.replicate(taskOf(round, 'x'))).toBe(b);
        expect(round.replicate(taskOf(round, 'x'))).toBeNull();
        expect(round.replicate(taskOf(round, 'x'), [c, d])).toBeNull();
      }),
    ).toEqual(['b is to get x']);
  });

  it('takes a request back from a worker that pauses, and forgets those of one that is gone', () => {
    const { scheduler, others } = cluster('b', 'c');
    const [b, c] = others;
    manage(scheduler, (round) => {
      round.replicate(taskOf(round, 'x'));
      round.replicate(taskOf(round, 'x'));
    });
    scheduler.stimulate({ op: 'worker-status', worker: b, status: 'paused' });
    expect(scheduler.out.take()).toEqual(['b is to drop x']);
    scheduler.removeWorker(c);
    expect(scheduler.state.acquiring.size).toBe(0);
  });

  it('asks anew when a worker has given up', () => {
    const { scheduler, others } = cluster('b');
    const want = (round: MemoryRound): void => void round.replicate(taskOf(round, 'x'));
    expect(manage(scheduler, want)).toEqual(['b is to get x']);
    expect(manage(scheduler, want)).toEqual([]);
    tell(scheduler, others[0], 'x', 'release-worker-data');
    expect(manage(scheduler, want)).toEqual(['b is to get x']);
  });

  it('has a late copy freed of what has been let go meanwhile', () => {
    const { scheduler, client, others } = cluster('b');
    manage(scheduler, (round) => round.replicate(taskOf(round, 'x')));
    const { id } = scheduler.task('x');
    scheduler.release(client, ['x']);
    scheduler.out.take();
    scheduler.stimulate({ op: 'add-keys', worker: others[0], taskIds: [id], sizes: [100] });
    expect(scheduler.out.take()).toEqual(['free x on b']);
  });

  it('drops from the worker with the most memory, and never the last copy', () => {
    const { scheduler, a, others } = cluster('b', 'c');
    const [b, c] = others;
    for (const worker of [b, c]) tell(scheduler, worker, 'x', 'add-keys');
    scheduler.stimulate({ op: 'heartbeat', worker: c, memory: { spilledBytes: 0, unmanagedBytes: 50 }, bandwidth: 0 });
    expect(
      manage(scheduler, (round) => {
        expect(round.drop(taskOf(round, 'x'))).toBe(c);
        expect(round.drop(taskOf(round, 'x'), [a])).toBe(a);
        expect(round.drop(taskOf(round, 'x'))).toBeNull();
      }),
    ).toEqual(['c is to drop x', 'a is to drop x']);
    expect(holders(scheduler, 'x')).toEqual(['b']);
  });

  it('drops rather from a worker that takes no tasks', () => {
    const { scheduler, a, others } = cluster('b');
    tell(scheduler, others[0], 'x', 'add-keys');
    scheduler.stimulate({
      op: 'heartbeat',
      worker: others[0],
      memory: { spilledBytes: 0, unmanagedBytes: 50 },
      bandwidth: 0,
    });
    scheduler.stimulate({ op: 'worker-status', worker: a, status: 'paused' });
    expect(manage(scheduler, reduce)).toEqual(['a is to drop x']);
  });

  it('leaves copies alone that tasks need where they are', () => {
    const { scheduler, client, a, others } = cluster('b');
    const [b] = others;
    tell(scheduler, b, 'x', 'add-keys');
    scheduler.submit(client, { use: ['x'] }, { workers: ['b'] });
    scheduler.out.take();
    expect(manage(scheduler, (round) => round.drop(taskOf(round, 'x'), [b]))).toEqual([]);
    // The other one is not needed by anything, but the one that is kept goes when its worker goes.
    scheduler.stimulate({ op: 'worker-status', worker: b, status: 'paused' });
    expect(manage(scheduler, reduce)).toEqual([]);
    scheduler.stimulate({ op: 'worker-status', worker: b, status: 'running' });
    expect(manage(scheduler, reduce)).toEqual(['a is to drop x']);
    expect(holders(scheduler, 'x')).toEqual(['b']);
    expect(a.nbytes).toBe(0);
  });

  it('counts a copy again that its worker does not drop', () => {
    const { scheduler, others } = cluster('b');
    tell(scheduler, others[0], 'x', 'add-keys');
    scheduler.stimulate({
      op: 'heartbeat',
      worker: others[0],
      memory: { spilledBytes: 0, unmanagedBytes: 50 },
      bandwidth: 0,
    });
    expect(manage(scheduler, reduce)).toEqual(['b is to drop x']);
    tell(scheduler, others[0], 'x', 'add-keys');
    expect(holders(scheduler, 'x')).toEqual(['a', 'b']);
  });

  it('survives a policy that throws, and says which', () => {
    const { scheduler, others } = cluster('b');
    tell(scheduler, others[0], 'x', 'add-keys');
    const broken: MemoryPolicy = {
      name: 'broken',
      run() {
        throw new RangeError('oops');
      },
    };
    const [failure, ...rest] = manage(scheduler, broken, reduce);
    expect(failure).toBe('policy broken failed: RangeError: oops');
    expect(rest).toHaveLength(1);
  });
});

describe('ReduceReplicas', () => {
  it('keeps one copy for each worker on which tasks need the result, and for each task without one', () => {
    const { scheduler, client, a, others } = cluster('b', 'c', 'd');
    for (const worker of others) tell(scheduler, worker, 'x', 'add-keys');
    scheduler.submit(client, { one: ['x'], two: ['x'] }, { workers: ['b'] });
    scheduler.submit(client, { gate: [] }, { workers: ['nobody'] });
    scheduler.submit(client, { later: ['x', 'gate'] });
    scheduler.out.take();
    const dropped = manage(scheduler, reduce);
    expect(dropped).toHaveLength(2);
    expect(holders(scheduler, 'x')).toContain('b');
    expect(manage(scheduler, reduce)).toEqual([]);
    scheduler.finish(others[0], ['one', 'two']);
    scheduler.out.take();
    scheduler.removeWorker(a);
    scheduler.stimulate({ op: 'cancel-keys', client, ids: [scheduler.idOf(client, 'later')], force: false });
    manage(scheduler, reduce);
    expect(holders(scheduler, 'x')).toHaveLength(1);
  });

  it('keeps the copies that a client asked for', () => {
    const { scheduler, others } = cluster('b', 'c');
    const desire = (copies: number): void =>
      scheduler.stimulate({ op: 'desire-copies', tasks: [scheduler.task('x')], copies });
    for (const worker of others) tell(scheduler, worker, 'x', 'add-keys');
    desire(3);
    expect(manage(scheduler, reduce)).toEqual([]);
    desire(2);
    expect(manage(scheduler, reduce)).toHaveLength(1);
    desire(1);
    expect(manage(scheduler, reduce)).toHaveLength(1);
  });
});
