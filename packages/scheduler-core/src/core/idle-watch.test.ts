import { describe, expect, it } from '@jest/globals';

import { TestScheduler } from '../../test/support/test-scheduler.js';
import { IdleWatch } from './idle-watch.js';

describe('IdleWatch', () => {
  it('counts from the last step of a task, and not while one is to be computed', () => {
    const scheduler = new TestScheduler();
    const watch = new IdleWatch(1000);
    const at = (now: number): number => watch.idleMs(scheduler.state, now);
    expect([at(1000), at(1500)]).toEqual([0, 500]);
    const client = scheduler.client('a');
    scheduler.submit(client, { x: [] });
    expect([at(2000), at(9000)]).toEqual([0, 0]);
    const worker = scheduler.worker('w');
    expect(at(9500)).toBe(0);
    scheduler.finish(worker, ['x']);
    expect([at(10_000), at(10_400)]).toEqual([0, 400]);
    scheduler.stimulate({ op: 'remove-client', client });
    expect([at(11_000), at(11_100)]).toEqual([0, 100]);
  });

  it('counts from the last time that somebody asked for something', () => {
    const scheduler = new TestScheduler();
    const watch = new IdleWatch(1000);
    watch.note(1300);
    expect(watch.idleMs(scheduler.state, 1500)).toBe(200);
  });
});
