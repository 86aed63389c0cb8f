import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { TestScheduler } from '../../test/support/test-scheduler.js';
import type { TaskRecord, WorkerRecord } from './records.js';
import { TaskStream } from './task-stream.js';

const ALL = { after: 0, from: -Infinity, to: Infinity, count: Infinity };
const worker = { about: { address: 'tcp://w' } } as WorkerRecord;
const run = (startMs: number, durationMs = 1) => ({ startMs, durationMs, nbytes: 8, typeId: 1 });
const task = (key: string) => ({ key }) as TaskRecord;

describe('TaskStream', () => {
  it('records nothing before it is started', () => {
    const stream = new TaskStream(4);
    stream.record(task('a'), worker, run(0));
    expect([stream.total, stream.select(ALL)]).toEqual([0, []]);
  });

  it('remembers the last runs, in order, and counts all', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.nat(40), fc.nat(40), (length, count, after) => {
        const stream = new TaskStream(length);
        stream.start();
        const keys = Array.from({ length: count }, (_, n) => `k${String(n)}`);
        for (const [at, key] of keys.entries()) stream.record(task(key), worker, run(at));
        expect(stream.total).toBe(count);
        expect(stream.select(ALL).map(({ key }) => key)).toEqual(keys.slice(-length));
        expect(stream.select({ ...ALL, after }).map(({ key }) => key)).toEqual(keys.slice(after).slice(-length));
        expect(stream.select({ ...ALL, count: 2 }).map(({ key }) => key)).toEqual(keys.slice(-length).slice(-2));
      }),
    );
  });

  it('gives what ran at any moment between two times', () => {
    const stream = new TaskStream(8);
    stream.start();
    for (const start of [0, 10, 20, 30]) stream.record(task(`at ${String(start)}`), worker, run(start, 5));
    expect(stream.select({ ...ALL, from: 12, to: 20 }).map(({ key }) => key)).toEqual(['at 10', 'at 20']);
  });

  it('hears of runs that finished and of runs that failed, tried again or not', () => {
    const scheduler = new TestScheduler();
    scheduler.state.taskStream.start();
    const client = scheduler.client();
    const alice = scheduler.worker('alice');
    scheduler.submit(client, { good: [], bad: [] }, { retries: 1 });
    scheduler.finish(alice, ['good'], { nbytes: 80, durationMs: 5 });
    scheduler.err(alice, 'bad');
    scheduler.err(alice, 'bad');
    expect(scheduler.state.taskStream.select(ALL)).toEqual([
      {
        key: 'good',
        worker: alice.about.address,
        start: scheduler.now - 5,
        duration: 5,
        nbytes: 80,
        typeId: expect.any(Number),
      },
      { key: 'bad', worker: alice.about.address, start: scheduler.now - 1, duration: 1, nbytes: 0, typeId: -1 },
      expect.objectContaining({ key: 'bad' }),
    ]);
  });
});
