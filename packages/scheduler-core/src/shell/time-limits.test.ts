import { nullLogger } from '@grid/common';
import { describe, expect, it } from '@jest/globals';

import { TestScheduler } from '../../test/support/test-scheduler.js';
import { TimeLimits, type HeardClient, type TimeLimitOptions } from './time-limits.js';

const NONE: TimeLimitOptions = { noWorkersTimeoutMs: null, idleTimeoutMs: null, clientTtlMs: null };

function limits(options: Partial<TimeLimitOptions>): {
  readonly scheduler: TestScheduler;
  readonly times: TimeLimits;
  readonly idle: string[];
  after(ms: number): void;
} {
  const scheduler = new TestScheduler();
  const idle: string[] = [];
  const times = new TimeLimits(
    { ...NONE, ...options },
    {
      state: scheduler.state,
      logger: nullLogger,
      now: () => scheduler.now,
      stimulate: (stimulus) => scheduler.stimulate(stimulus),
      onIdle: (reason) => void idle.push(reason),
    },
  );
  const after = (ms: number): void => {
    scheduler.now += ms;
    times.check();
  };
  return { scheduler, times, idle, after };
}

function client(change: Partial<HeardClient> = {}): HeardClient & { readonly reasons: string[] } {
  const reasons: string[] = [];
  return {
    name: 'c',
    heardAt: 1_000_000,
    hasHeartbeat: true,
    giveUp: (why) => void reasons.push(why),
    reasons,
    ...change,
  };
}

describe('a client', () => {
  it('is given up when it has been silent for too long, unless it never said that it would speak', () => {
    const { times, after } = limits({ clientTtlMs: 100 });
    const [silent, old, gone] = [client(), client({ hasHeartbeat: false }), client()];
    for (const each of [silent, old, gone]) times.clientCame(each);
    times.clientLeft(gone);
    after(100);
    expect(silent.reasons).toHaveLength(0);
    after(1);
    expect([silent.reasons.length, old.reasons.length, gone.reasons.length]).toEqual([1, 0, 0]);
  });

  it('is told to speak several times within that time', () => {
    expect(limits({ clientTtlMs: 100 }).times.heartbeatMs).toBe(20);
    expect(limits({ clientTtlMs: 1e9 }).times.heartbeatMs).toBe(5000);
    expect(limits({}).times.heartbeatMs).toBe(0);
  });
});

describe('a task', () => {
  it('fails that has had no worker for too long', () => {
    const { scheduler, after } = limits({ noWorkersTimeoutMs: 100 });
    scheduler.submit(scheduler.client(), { a: [] });
    after(0);
    after(99);
    expect(scheduler.stateOf('a')).not.toBe('erred');
    after(1);
    expect(scheduler.stateOf('a')).toBe('erred');
  });

  it('waits for ever if that is not limited', () => {
    const { scheduler, after } = limits({});
    scheduler.submit(scheduler.client(), { a: [] });
    after(1e9);
    expect(scheduler.stateOf('a')).not.toBe('erred');
  });
});

describe('a scheduler', () => {
  it('is idle when nothing has happened for long enough', () => {
    const { idle, after } = limits({ idleTimeoutMs: 100 });
    after(99);
    expect(idle).toEqual([]);
    after(1);
    expect(idle).toHaveLength(1);
  });

  it('is not idle while a task has yet to run, or has just ended', () => {
    const { scheduler, idle, after } = limits({ idleTimeoutMs: 100 });
    const worker = scheduler.worker('w');
    scheduler.submit(scheduler.client(), { a: [] });
    after(500);
    after(500);
    scheduler.finish(worker, ['a']);
    after(99);
    after(99);
    expect(idle).toEqual([]);
    after(1);
    expect(idle).toHaveLength(1);
  });

  it('is not idle while a client waits for an answer, or has just said something', async () => {
    const { times, idle, after } = limits({ idleTimeoutMs: 100 });
    let answer: () => void = () => {};
    const waiting = times.during(new Promise<void>((resolve) => (answer = resolve)));
    after(1000);
    expect(idle).toEqual([]);
    answer();
    await waiting;
    after(50);
    times.noteActivity();
    after(99);
    expect(idle).toEqual([]);
    after(1);
    expect(idle).toHaveLength(1);
  });
});
