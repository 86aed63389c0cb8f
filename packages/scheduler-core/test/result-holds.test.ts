import { describe, expect, it } from '@jest/globals';

import type { ClientRecord } from '../src/core/records.js';
import { TestScheduler } from './support/test-scheduler.js';

/** A task `giver` whose result will have a future of `given` in it, which its thread's client has submitted. */
function setUp(): { scheduler: TestScheduler; program: ClientRecord; worker: ReturnType<TestScheduler['worker']> } {
  const scheduler = new TestScheduler();
  const worker = scheduler.worker('w', 4);
  const program = scheduler.client('program');
  const thread = scheduler.client('thread');
  scheduler.submit(program, { giver: [] });
  scheduler.submit(thread, { given: [] });
  const { id: taskId } = scheduler.task('giver');
  scheduler.stimulate({ op: 'hold-for-result', client: thread, taskId, ids: [scheduler.idOf(thread, 'given')] });
  scheduler.stimulate({ op: 'remove-client', client: thread });
  return { scheduler, program, worker };
}

describe('what a result has futures of', () => {
  it('is kept while the task runs and as long as its result is, and then goes', () => {
    const { scheduler, program, worker } = setUp();
    expect(scheduler.stateOf('given')).toBe('processing');
    scheduler.finish(worker, ['giver', 'given']);
    expect(scheduler.states('giver', 'given')).toEqual(['memory', 'memory']);
    scheduler.release(program, ['giver']);
    expect(scheduler.states('giver', 'given')).toEqual(['gone', 'gone']);
    expect(scheduler.state.resultHolds.size).toBe(0);
  });

  it('goes when the task fails, is given up, or is to be run again', () => {
    const failed = setUp();
    failed.scheduler.err(failed.worker, 'giver');
    expect(failed.scheduler.stateOf('given')).toBe('gone');
    const released = setUp();
    released.scheduler.release(released.program, ['giver']);
    expect(released.scheduler.stateOf('given')).toBe('gone');
    const again = setUp();
    const { id: taskId, runId } = again.scheduler.task('giver');
    again.scheduler.stimulate({ op: 'reschedule-task', worker: again.worker, taskId, runId });
    expect(again.scheduler.states('giver', 'given')).toEqual(['processing', 'gone']);
  });

  it('goes with a result that is lost: the task will make it again', () => {
    const { scheduler, worker } = setUp();
    scheduler.finish(worker, ['giver', 'given']);
    scheduler.worker('other');
    scheduler.removeWorker(worker, true);
    expect(scheduler.states('giver', 'given')).toEqual(['processing', 'gone']);
  });

  it('is not kept for a run that was taken back meanwhile', () => {
    const scheduler = new TestScheduler();
    scheduler.worker('w', 4);
    const client = scheduler.client();
    scheduler.submit(client, { given: [] });
    scheduler.stimulate({ op: 'hold-for-result', client, taskId: 77, ids: [scheduler.idOf(client, 'given')] });
    expect(scheduler.state.resultHolds.size).toBe(0);
  });
});
