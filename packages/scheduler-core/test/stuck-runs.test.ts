import { describe, expect, it } from '@jest/globals';
import { runDigest } from '@grid/protocol';

import type { WorkerRecord } from '../src/core/records.js';
import { TestScheduler } from './support/test-scheduler.js';

const BEAT_MS = 500;
const HEARTBEATS = 4;

/** A worker that knows of some runs, and answers what it is asked about them as workers do. */
class HonestWorker {
  readonly record: WorkerRecord;
  /** Numbers of runs, by key. */
  readonly runs = new Map<string, number>();
  readonly #scheduler: TestScheduler;
  #question: { readonly below: number; readonly what: 'count' | 'list' } | null = null;
  asked: string[] = [];

  constructor(scheduler: TestScheduler, name: string, threads = 4) {
    this.#scheduler = scheduler;
    this.record = scheduler.worker(name, threads);
    const others = scheduler.out.onQuestion;
    scheduler.out.onQuestion = (worker, below, what) => {
      if (worker !== this.record) return others?.(worker, below, what);
      this.asked.push(what);
      this.#question = { below, what };
    };
  }

  /** Hears of all that it was given until now, but not of these. */
  hearOfAllBut(...lost: readonly string[]): void {
    for (const { key, runId } of this.record.processing) if (!lost.includes(key)) this.runs.set(key, runId);
  }

  beat(afterMs = BEAT_MS): void {
    this.#scheduler.now += afterMs;
    this.#scheduler.stimulate({ op: 'look-around', worker: this.record, hasRuns: this.runs.size > 0 });
  }

  /** Answers the last question, if there is one, with what it knows now. */
  answer(): void {
    const question = this.#question;
    if (question === null) return;
    this.#question = null;
    const { below, what } = question;
    const rows = [...this.runs].filter(([, runId]) => runId < below);
    const taskIds = rows.map(([key]) => this.#numberOf(key));
    const runIds = rows.map(([, runId]) => runId);
    if (what === 'list') {
      this.#scheduler.stimulate({ op: 'runs-listed', worker: this.record, below, until: below, taskIds, runIds });
      return;
    }
    const digest = rows.reduce((sum, [key, runId]) => (sum + runDigest(this.#numberOf(key), runId)) >>> 0, 0);
    this.#scheduler.stimulate({ op: 'runs-counted', worker: this.record, below, count: rows.length, digest });
  }

  beatAndAnswer(times = 1): void {
    for (let time = 0; time < times; time += 1) {
      this.beat();
      this.answer();
    }
  }

  #numberOf(key: string): number {
    return this.#scheduler.state.keys.get(key)?.id ?? this.#gone.get(key) ?? 999;
  }

  /** Numbers of tasks that the scheduler has forgotten. */
  readonly #gone = new Map<string, number>();

  remember(key: string): void {
    this.#gone.set(key, this.#scheduler.task(key).id);
  }
}

function start(...keys: readonly string[]): { scheduler: TestScheduler; worker: HonestWorker } {
  const scheduler = new TestScheduler();
  const worker = new HonestWorker(scheduler, 'anna');
  const client = scheduler.client();
  scheduler.submit(client, Object.fromEntries(keys.map((key) => [key, []])));
  scheduler.out.take();
  return { scheduler, worker };
}

describe('a run that its worker has not heard of', () => {
  it('is found and given out anew after a few heartbeats, and nothing else is', () => {
    const { scheduler, worker } = start('x', 'y', 'z');
    const before = scheduler.task('y').runId;
    worker.hearOfAllBut('y');
    // The first two heartbeats only tell which runs are old enough.
    worker.beatAndAnswer(HEARTBEATS);
    expect(scheduler.out.take()).toEqual([]);
    worker.beatAndAnswer(2);
    expect(scheduler.out.take()).toEqual(['lost-run y on anna', 'free y on anna', 'compute y on anna']);
    expect(scheduler.task('y').runId).toBeGreaterThan(before);
    expect(scheduler.state.stuckCounts).toEqual({ 'lost-run': 1, 'unwanted-run': 0, 'no-reason': 0 });
    worker.hearOfAllBut();
    worker.beatAndAnswer(10);
    expect(scheduler.out.take()).toEqual([]);
  });

  it('is found though its end was told, which was lost', () => {
    const { scheduler, worker } = start('x');
    worker.hearOfAllBut();
    worker.beatAndAnswer(3);
    worker.runs.delete('x');
    worker.beatAndAnswer(HEARTBEATS);
    expect(scheduler.out.take()).toEqual(['lost-run x on anna', 'free x on anna', 'compute x on anna']);
  });

  it('is asked about by count at first, and by name only when the count is wrong for long', () => {
    const { worker } = start('x', 'y');
    worker.hearOfAllBut('y');
    worker.beatAndAnswer(7);
    expect(worker.asked).toEqual(['count', 'count', 'list', 'list', 'count', 'count']);
  });

  it('is not looked for while tasks are given out and end as they should', () => {
    const scheduler = new TestScheduler();
    const worker = new HonestWorker(scheduler, 'anna');
    const client = scheduler.client();
    for (let round = 0; round < 30; round += 1) {
      scheduler.submit(client, { [`a${String(round)}`]: [], [`b${String(round)}`]: [] });
      worker.beat();
      // What was given out since the question is not counted, whether the worker has heard of it or not.
      worker.hearOfAllBut();
      worker.answer();
      const done = [...worker.runs.keys()].slice(0, 2);
      for (const key of done) worker.runs.delete(key);
      scheduler.finish(worker.record, done);
    }
    expect(worker.asked.every((what) => what === 'count')).toBe(true);
    expect(scheduler.state.stuckCounts).toEqual({ 'lost-run': 0, 'unwanted-run': 0, 'no-reason': 0 });
  });
});

describe('a run that nobody wants any more', () => {
  it('is freed again, if its worker has not heard that it was freed', () => {
    const { scheduler, worker } = start('x', 'y');
    const [client] = scheduler.state.clients.values();
    worker.hearOfAllBut();
    worker.remember('y');
    worker.beatAndAnswer(2);
    scheduler.release(client as never, ['y']);
    expect(scheduler.out.take()).toContain('free y on anna');
    worker.beatAndAnswer(HEARTBEATS - 1);
    expect(scheduler.out.take()).toEqual([]);
    worker.beatAndAnswer();
    expect(scheduler.out.take()).toEqual(['unwanted-run y on anna', 'free y on anna']);
  });

  it('is let be while each time it is another one, which is on its way', () => {
    const scheduler = new TestScheduler();
    const worker = new HonestWorker(scheduler, 'anna', 8);
    const client = scheduler.client();
    scheduler.submit(client, Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`k${String(index)}`, []])));
    worker.hearOfAllBut();
    for (const key of worker.runs.keys()) worker.remember(key);
    worker.beatAndAnswer(2);
    for (let index = 0; index < 8; index += 1) {
      const key = `k${String(index)}`;
      worker.beat();
      scheduler.release(client, [key]);
      worker.answer();
      worker.runs.delete(key);
    }
    expect(worker.asked).toContain('list');
    expect(scheduler.state.stuckCounts).toEqual({ 'lost-run': 0, 'unwanted-run': 0, 'no-reason': 0 });
  });
});

describe('a worker', () => {
  it('that has nothing to do is asked nothing', () => {
    const scheduler = new TestScheduler();
    const worker = new HonestWorker(scheduler, 'anna');
    worker.beatAndAnswer(10);
    expect(worker.asked).toEqual([]);
  });

  it('that does not answer is asked again, but not with each heartbeat', () => {
    const { worker } = start('x');
    for (let beat = 0; beat < 60; beat += 1) worker.beat();
    expect(worker.asked).toEqual(['count', 'count', 'count']);
  });

  it('that answers what it was not asked changes nothing', () => {
    const { scheduler, worker } = start('x');
    const { record } = worker;
    scheduler.stimulate({ op: 'runs-listed', worker: record, below: 7, until: 7, taskIds: [], runIds: [] });
    scheduler.stimulate({ op: 'runs-listed', worker: record, below: 7, until: 7, taskIds: [], runIds: [] });
    scheduler.stimulate({ op: 'runs-counted', worker: record, below: 7, count: 5, digest: 1 });
    expect(scheduler.out.take()).toEqual([]);
    expect(record.audit.differences).toBe(0);
  });

  it('of an older version is not asked', () => {
    const { worker } = start('x');
    Object.assign(worker.record.about, { countsRuns: false });
    worker.beatAndAnswer(10);
    expect(worker.asked).toEqual([]);
  });

  it('with many tasks is asked less often', () => {
    const scheduler = new TestScheduler();
    const worker = new HonestWorker(scheduler, 'anna', 2000);
    const client = scheduler.client();
    const keys = Array.from({ length: 2000 }, (_, index) => [`k${String(index)}`, []] as const);
    scheduler.submit(client, Object.fromEntries(keys));
    worker.hearOfAllBut();
    for (let beat = 0; beat < 9; beat += 1) {
      worker.beat(25);
      worker.answer();
    }
    // 2000 tasks at a twentieth of a millisecond each: a tenth of a second, which is four of these heartbeats.
    expect(worker.asked).toEqual(['count', 'count']);
  });
});
