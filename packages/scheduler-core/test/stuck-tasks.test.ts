import { describe, expect, it } from '@jest/globals';

import { handleStimulus } from '../src/core/handle-stimulus.js';
import { stopProcessing } from '../src/core/processing.js';
import { setState } from '../src/core/set-state.js';
import { STATE } from '../src/core/task-state.js';
import { validateState } from '../src/core/validate-state.js';
import { hasReason } from '../src/core/stuck/has-reason.js';
import { TestScheduler } from './support/test-scheduler.js';

const HEARTBEATS = 4;

/** A worker lives, so many times, while the state may be wrong; what was done about it. */
function beat(scheduler: TestScheduler, times: number): string[] {
  const [worker] = scheduler.state.workers;
  if (worker === undefined) throw new TypeError('no worker');
  for (let time = 0; time < times; time += 1) {
    scheduler.now += 500;
    const stimulus = { op: 'look-around', worker, hasRuns: false } as const;
    handleStimulus(scheduler.state, stimulus, scheduler.now, scheduler.out);
  }
  return scheduler.out.take();
}

/** Something was forgotten: it is seen at once, put right after a few heartbeats, and everything is right again. */
function expectPutRight(scheduler: TestScheduler, key: string, ...effects: readonly string[]): void {
  expect(hasReason(scheduler.state, scheduler.task(key))).toBe(false);
  expect(beat(scheduler, HEARTBEATS - 1)).toEqual([]);
  expect(beat(scheduler, 1)).toEqual([expect.stringMatching(new RegExp(`^no-reason ${key} on `)), ...effects]);
  expect(hasReason(scheduler.state, scheduler.task(key))).toBe(true);
  validateState(scheduler.state);
  expect(beat(scheduler, 10)).toEqual([]);
  expect(scheduler.state.stuckCounts['no-reason']).toBe(1);
}

describe('a task that the scheduler has forgotten to move on', () => {
  it('waits though all its inputs are there', () => {
    const scheduler = new TestScheduler();
    const anna = scheduler.worker('anna');
    const client = scheduler.client();
    scheduler.submit(client, { a: [], b: ['a'] });
    scheduler.task('b').waitingCount += 1;
    const { id, runId } = scheduler.task('a');
    const rows = { taskIds: [id], runIds: [runId], sizes: [8], typeIds: [0], starts: [1], durations: [1] };
    const stimulus = { op: 'tasks-finished', worker: anna, ...rows, results: null } as const;
    handleStimulus(scheduler.state, stimulus, scheduler.now, scheduler.out);
    scheduler.out.take();
    expectPutRight(scheduler, 'b', 'compute b on anna');
  });

  it('is wanted and neither computed nor to be computed', () => {
    const scheduler = new TestScheduler();
    scheduler.worker('anna');
    scheduler.submit(scheduler.client(), { a: [] });
    stopProcessing(scheduler.state, scheduler.task('a'));
    setState(scheduler.state, scheduler.task('a'), STATE.released);
    scheduler.out.take();
    expectPutRight(scheduler, 'a', 'compute a on anna');
  });

  it('waits for a worker though there is one that may run it', () => {
    const scheduler = new TestScheduler();
    const anna = scheduler.worker('anna');
    scheduler.submit(scheduler.client(), { a: [] }, { workers: ['bert'] });
    Object.assign(anna.about, { name: 'bert' });
    scheduler.out.take();
    expectPutRight(scheduler, 'a', 'compute a on bert');
  });

  it('waits in the queue though there is a slot', () => {
    const scheduler = new TestScheduler();
    const anna = scheduler.worker('anna');
    scheduler.stimulate({ op: 'worker-status', worker: anna, status: 'paused' });
    scheduler.submit(scheduler.client(), { a: [] });
    expect(scheduler.stateOf('a')).toBe('queued');
    // It takes tasks again, and nobody has looked whether one waits for that.
    anna.reportedStatus = 'running';
    anna.status = 'running';
    scheduler.state.totalThreads += anna.threads;
    scheduler.out.take();
    expectPutRight(scheduler, 'a', 'compute a on anna');
  });

  it('is said to be computed by a worker that has left', () => {
    const scheduler = new TestScheduler();
    scheduler.worker('anna');
    const bert = scheduler.worker('bert');
    scheduler.submit(scheduler.client(), { a: [] }, { workers: ['bert'], allowOtherWorkers: true });
    expect(scheduler.task('a').processingOn).toBe(bert);
    bert.status = 'closed';
    scheduler.state.totalThreads -= bert.threads;
    scheduler.state.workers.splice(scheduler.state.workers.indexOf(bert), 1);
    scheduler.state.workersById.delete(bert.id);
    scheduler.state.roomy.splice(0, 2, ...scheduler.state.workers);
    scheduler.out.take();
    expectPutRight(scheduler, 'a', 'compute a on anna');
  });

  it('is in memory of nobody', () => {
    const scheduler = new TestScheduler();
    const anna = scheduler.worker('anna');
    scheduler.submit(scheduler.client(), { a: [] });
    scheduler.finish(anna, ['a']);
    const task = scheduler.task('a');
    anna.held.pop();
    anna.nbytes = 0;
    task.whoHas = null;
    scheduler.out.take();
    expectPutRight(scheduler, 'a', 'client hears that a is lost', 'compute a on anna');
  });
});

describe('a task that is moved on in time', () => {
  it('is not told of', () => {
    const scheduler = new TestScheduler();
    scheduler.worker('anna');
    scheduler.submit(scheduler.client(), { a: [] });
    stopProcessing(scheduler.state, scheduler.task('a'));
    setState(scheduler.state, scheduler.task('a'), STATE.released);
    scheduler.out.take();
    expect(beat(scheduler, 1)).toEqual([]);
    expect(scheduler.state.watch.suspects.size).toBe(1);
    scheduler.release([...scheduler.state.clients.values()][0] as never, ['a']);
    expect(beat(scheduler, HEARTBEATS)).toEqual([]);
    expect(scheduler.state.watch.suspects.size).toBe(0);
  });
});
