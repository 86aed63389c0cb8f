import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { RebalanceResults } from '../src/core/memory-manager/rebalance-results.js';
import { ReplicateResults, type ReplicateOrder } from '../src/core/memory-manager/replicate-results.js';
import type { WorkerRecord } from '../src/core/records.js';
import { membersOf } from '../src/core/relation.js';
import { TestScheduler } from './support/test-scheduler.js';

const MIB = 2 ** 20;

/** Workers by name with results of so many bytes each; 100 MiB is the limit of each worker. */
function cluster(shape: Readonly<Record<string, readonly number[]>>) {
  const scheduler = new TestScheduler();
  const client = scheduler.client();
  const workers = Object.keys(shape).map((name) => scheduler.worker(name, 1, 100 * MIB));
  Object.values(shape).forEach((sizes, index) => {
    sizes.forEach((nbytes, row) => {
      const key = `${String(index)}.${String(row)}`;
      scheduler.submit(client, { [key]: [] }, { workers: [(workers[index] as WorkerRecord).about.name] });
      scheduler.finish(workers[index] as WorkerRecord, [key], { nbytes });
    });
  });
  scheduler.out.take();
  return { scheduler, client, workers: workers as [WorkerRecord, WorkerRecord, WorkerRecord] };
}

function run(scheduler: TestScheduler, policy: ReplicateResults | RebalanceResults): string[] {
  scheduler.stimulate({ op: 'manage-memory', policies: [policy] });
  return scheduler.out.take();
}

/** All workers get what they were asked for, but those that are to fail. */
function deliver(scheduler: TestScheduler, fails: (worker: WorkerRecord) => boolean = () => false): number {
  let count = 0;
  for (const [task, workers] of [...scheduler.state.acquiring]) {
    for (const worker of [...workers]) {
      const taskIds = [task.id];
      if (fails(worker)) scheduler.stimulate({ op: 'release-worker-data', worker, taskIds });
      else scheduler.stimulate({ op: 'add-keys', worker, taskIds, sizes: [task.nbytes] });
      count += 1;
    }
  }
  return count;
}

const holders = (scheduler: TestScheduler, key: string): string[] =>
  membersOf(scheduler.task(key).whoHas).map(({ about }) => about.name);

describe('ReplicateResults', () => {
  const order = (scheduler: TestScheduler, change: Partial<ReplicateOrder> = {}): ReplicateResults =>
    new ReplicateResults({
      tasks: [scheduler.task('0.0')],
      copies: null,
      workers: null,
      branchingFactor: 2,
      ...change,
    });

  it('copies as a tree: each holder serves two at a time', () => {
    const { scheduler } = cluster({ a: [MIB], b: [], c: [], d: [], e: [], f: [], g: [], h: [], i: [], j: [] });
    const policy = order(scheduler);
    const waves: number[] = [];
    for (let wave = 0; policy.openCount > 0 && wave < 9; wave += 1) {
      run(scheduler, policy);
      waves.push(deliver(scheduler));
    }
    expect(waves).toEqual([2, 6, 1, 0]);
    expect(holders(scheduler, '0.0')).toHaveLength(10);
    expect(policy.failed).toEqual([]);
  });

  it('makes as many copies as are wanted, on the workers that are named, and drops others there', () => {
    const { scheduler, workers } = cluster({ a: [MIB], b: [], c: [], d: [] });
    const [, b, c] = workers;
    const policy = order(scheduler, { copies: 5, workers: [b, c] });
    expect(run(scheduler, policy)).toEqual(['b is to get 0.0', 'c is to get 0.0']);
    deliver(scheduler);
    run(scheduler, policy);
    expect([policy.openCount, holders(scheduler, '0.0')]).toEqual([0, ['a', 'b', 'c']]);
    expect(run(scheduler, order(scheduler, { copies: 1 }))).toHaveLength(2);
    expect(holders(scheduler, '0.0')).toHaveLength(1);
  });

  it('does not ask for more than was asked for while that is under way', () => {
    const { scheduler } = cluster({ a: [MIB], b: [], c: [] });
    const policy = order(scheduler);
    expect(run(scheduler, policy)).toHaveLength(2);
    expect(run(scheduler, policy)).toEqual([]);
  });

  it('gives up what nobody can take, and what workers give up again and again', () => {
    const { scheduler, workers } = cluster({ a: [MIB], b: [] });
    const failing = order(scheduler);
    for (let wave = 0; failing.openCount > 0 && wave < 50; wave += 1) {
      run(scheduler, failing);
      deliver(scheduler, () => true);
    }
    expect(failing.failed).toEqual([scheduler.task('0.0')]);
    scheduler.stimulate({ op: 'worker-status', worker: workers[1], status: 'paused' });
    const refused = order(scheduler);
    run(scheduler, refused);
    expect([refused.openCount, refused.failed.length]).toEqual([0, 1]);
  });

  it('gives up what is lost on the way', () => {
    const { scheduler, client } = cluster({ a: [MIB], b: [] });
    const policy = order(scheduler);
    run(scheduler, policy);
    scheduler.release(client, ['0.0']);
    run(scheduler, policy);
    expect([policy.openCount, policy.failed.length]).toEqual([0, 1]);
  });
});

describe('RebalanceResults', () => {
  const all = (): RebalanceResults => new RebalanceResults(null, null);
  const sizes = (count: number, nbytes: number): number[] => Array.from({ length: count }, () => nbytes);

  function finish(scheduler: TestScheduler, policy: RebalanceResults): void {
    for (let wave = 0; wave < 5; wave += 1) {
      run(scheduler, policy);
      deliver(scheduler);
    }
    expect(policy.openCount).toBe(0);
  }

  it('moves the oldest results from full workers to empty ones, until all are near the mean', () => {
    const { scheduler, workers } = cluster({ a: sizes(9, 10 * MIB), b: [], c: [] });
    const policy = all();
    const asked = run(scheduler, policy);
    expect(asked).toHaveLength(6);
    expect(asked.every((line) => /0\.[0-5]$/.test(line))).toBe(true);
    finish(scheduler, policy);
    expect(workers.map(({ nbytes }) => nbytes / MIB)).toEqual([30, 30, 30]);
    expect(policy.movedCount).toBe(6);
  });

  it('leaves workers alone that use less than three tenths of their memory, and those near the mean', () => {
    for (const shape of [
      { a: sizes(2, 10 * MIB), b: [] },
      { a: sizes(5, 10 * MIB), b: sizes(4, 11 * MIB) },
    ]) {
      const { scheduler } = cluster(shape);
      expect(run(scheduler, all())).toEqual([]);
    }
  });

  it('moves only what it is told, between whom it is told', () => {
    const { scheduler, workers } = cluster({ a: sizes(9, 10 * MIB), b: [], c: [] });
    const [a, , c] = workers;
    const chosen = new Set([scheduler.task('0.7'), scheduler.task('0.8')]);
    const asked = run(scheduler, new RebalanceResults(chosen, [a, c]));
    expect(asked).toEqual(['c is to get 0.7', 'c is to get 0.8']);
  });

  it('makes no second copy, and leaves one where a task needs it', () => {
    const { scheduler, client, workers } = cluster({ a: sizes(4, 20 * MIB), b: [] });
    const [a] = workers;
    const policy = all();
    run(scheduler, policy);
    scheduler.submit(client, { use: ['0.0'] }, { workers: ['a'] });
    finish(scheduler, policy);
    expect(holders(scheduler, '0.0')).toEqual(['a', 'b']);
    expect(holders(scheduler, '0.1')).toEqual(['b']);
    expect(policy.movedCount).toBe(1);
    expect(a.nbytes).toBe(60 * MIB);
  });

  it('goes on without what is lost or given up', () => {
    const { scheduler, client } = cluster({ a: sizes(8, 10 * MIB), b: [] });
    const policy = all();
    run(scheduler, policy);
    scheduler.release(client, ['0.0']);
    deliver(scheduler, () => true);
    finish(scheduler, policy);
    expect(policy.movedCount).toBe(0);
  });

  it('never loses a result, and never makes the spread larger, whatever lies where', () => {
    const shape = fc.array(fc.array(fc.integer({ min: 0, max: 40 * MIB }), { maxLength: 8 }), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(shape, (rows) => {
        const { scheduler } = cluster(Object.fromEntries(rows.map((row, index) => [`w${String(index)}`, row])));
        const { workers } = scheduler.state;
        const spread = (): number =>
          Math.max(...workers.map(({ nbytes }) => nbytes)) - Math.min(...workers.map(({ nbytes }) => nbytes));
        const total = (): number => workers.reduce((sum, { nbytes }) => sum + nbytes, 0);
        const before = [spread(), total()] as const;
        finish(scheduler, all());
        expect(spread()).toBeLessThanOrEqual(before[0]);
        expect(total()).toBe(before[1]);
      }),
      { numRuns: 300 },
    );
  });
});
