import { describe, expect, it } from '@jest/globals';
import { textColumn } from '@grid/protocol';

import { TestScheduler, type Shape } from './support/test-scheduler.js';

/** Many tasks of one group that depend on nothing. */
function wide(count: number): Shape {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`wide-0123456789abcdef-${String(index)}`, []]),
  );
}

const wideKeys = (first: number, end: number): string[] => Object.keys(wide(end)).slice(first);

const KILLED = { code: null, signal: 'SIGKILL', memory: 0, memoryLimit: 2 ** 31, log: ['last words'] } as const;

describe('computing', () => {
  it('computes a dependent once its last dependency is in memory, and lets go what nobody needs', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    const worker = scheduler.worker('w');
    scheduler.submit(client, { x: [], y: [], z: ['x', 'y'] }, { wanted: ['z'] });
    expect(scheduler.out.take()).toEqual(['compute x on w', 'compute y on w']);
    scheduler.finish(worker, ['x']);
    expect(scheduler.out.take()).toEqual([]);
    scheduler.finish(worker, ['y']);
    expect(scheduler.out.take()).toEqual(['compute z on w']);
    scheduler.finish(worker, ['z']);
    expect(scheduler.out.take()).toEqual(['client hears that z is in memory', 'free y on w', 'free x on w']);
    expect(scheduler.states('x', 'y', 'z')).toEqual(['released', 'released', 'memory']);
    scheduler.release(client, ['z']);
    expect(scheduler.out.take()).toEqual(['free z on w']);
    expect(scheduler.states('x', 'y', 'z')).toEqual(['gone', 'gone', 'gone']);
  });

  it('drops tasks that nothing wanted depends on', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    scheduler.submit(client, { x: [], y: ['x'], z: ['x'] }, { wanted: ['z'] });
    expect(scheduler.states('x', 'y', 'z')).toEqual(['queued', 'gone', 'waiting']);
  });

  it('keeps a key that is known as it is, and tells at once that it is in memory', () => {
    const scheduler = new TestScheduler();
    const [first, second] = [scheduler.client('first'), scheduler.client('second')];
    const worker = scheduler.worker('w');
    scheduler.submit(first, { x: [] });
    scheduler.finish(worker, ['x']);
    scheduler.out.take();
    scheduler.submit(second, { a: [], x: ['a'] }, { wanted: ['x'] });
    expect(scheduler.out.take()).toEqual(['second hears that x is in memory']);
    expect(scheduler.stateOf('a')).toBe('gone');
    scheduler.stimulate({ op: 'remove-client', client: first });
    expect(scheduler.stateOf('x')).toBe('memory');
  });

  it('counts a dependency that is named twice once', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    const worker = scheduler.worker('w');
    scheduler.submit(client, { x: [], y: ['x', 'x', 'x'] });
    scheduler.finish(worker, ['x']);
    expect(scheduler.stateOf('y')).toBe('processing');
    const aliased = scheduler.task('y').graph?.aliasedRows?.get(1);
    expect(aliased).toEqual([scheduler.task('x'), scheduler.task('x'), scheduler.task('x')]);
  });

  it('starts what has a higher user priority, and then what was submitted earlier, first', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    scheduler.submit(client, { late: [] });
    scheduler.now += 1000;
    scheduler.submit(client, { later: [] });
    scheduler.submit(client, { urgent: [] }, { priority: 5 });
    scheduler.worker('w');
    expect(scheduler.out.take()).toEqual(['compute urgent on w', 'compute late on w', 'compute later on w']);
  });

  it('starts what a task submits before what was submitted with the task, children of children first', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    scheduler.submit(client, { parent: [], sibling: [] });
    scheduler.submit(client, { child: [] }, { parent: 'parent' });
    scheduler.submit(client, { grandchild: [] }, { parent: 'child' });
    scheduler.worker('w');
    expect(scheduler.out.take().map((effect) => effect.split(' ')[1])).toEqual([
      'grandchild',
      'child',
      'parent',
      'sibling',
    ]);
  });

  it('follows the order that the client gives', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    scheduler.worker('w');
    scheduler.submit(client, { a: [], b: [], c: [] }, { order: [2, 0, 1] });
    expect(scheduler.out.take()).toEqual(['compute b on w', 'compute c on w', 'compute a on w']);
  });

  it('runs a task where its data is', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    const [a, b] = [scheduler.worker('a'), scheduler.worker('b')];
    scheduler.submit(client, { small: [], large: [], sum: ['small', 'large'] });
    const placeOf = (key: string): typeof a => (scheduler.task(key).processingOn === a ? a : b);
    expect(placeOf('small')).not.toBe(placeOf('large'));
    const home = placeOf('large');
    scheduler.finish(placeOf('small'), ['small'], { nbytes: 10, durationMs: 1 });
    scheduler.finish(home, ['large'], { nbytes: 1e9, durationMs: 1 });
    expect(scheduler.task('sum').processingOn).toBe(home);
  });

  it('gives one task after another to the worker that ran the last, as long as no other is idle and stores less', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    const workers = { a: scheduler.worker('a'), b: scheduler.worker('b') };
    const computeOne = (key: string): 'a' | 'b' => {
      scheduler.submit(client, { [key]: [] });
      const name = scheduler.out.take().includes(`compute ${key} on a`) ? 'a' : 'b';
      scheduler.finish(workers[name], [key]);
      return name;
    };
    const first = computeOne('first');
    scheduler.release(client, ['first']);
    for (const key of ['second', 'third']) {
      expect(computeOne(key)).toBe(first);
      if (key === 'second') scheduler.release(client, [key]);
    }
    expect(computeOne('fourth')).not.toBe(first);
  });

  it.each([3, 30])('deals tasks that come together out to all of %d idle workers', (count) => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    for (let i = 0; i < count; i += 1) scheduler.worker(`w${String(i)}`);
    scheduler.submit(client, wide(count));
    expect(new Set(scheduler.out.take().map((effect) => effect.split(' on ')[1])).size).toBe(count);
  });

  it('gives tasks to the workers that they ask for, and waits for those if it must', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    scheduler.worker('a');
    scheduler.submit(client, { x: [] }, { workers: ['b'] });
    scheduler.submit(client, { y: [] }, { workers: ['b'], allowOtherWorkers: true });
    expect(scheduler.states('x', 'y')).toEqual(['no-worker', 'processing']);
    scheduler.worker('b');
    expect(scheduler.task('x').processingOn?.about.name).toBe('b');
  });
});

describe('queuing', () => {
  it('keeps many roots here and gives long ones out as slots open, after what follows from the finished ones', () => {
    const scheduler = new TestScheduler({ firstWave: 2 });
    const client = scheduler.client();
    const worker = scheduler.worker('w');
    scheduler.submit(client, { ...wide(10), 'next-1': [wideKeys(0, 1)[0] as string] });
    expect(scheduler.out.take()).toEqual(wideKeys(0, 2).map((key) => `compute ${key} on w`));
    expect(scheduler.state.queue.size).toBe(8);
    scheduler.finish(worker, wideKeys(0, 1));
    expect(scheduler.out.take()).toEqual([
      `client hears that ${wideKeys(0, 1)[0] as string} is in memory`,
      'compute next-1 on w',
    ]);
    scheduler.finish(worker, ['next-1']);
    expect(scheduler.out.take()).toEqual([
      'client hears that next-1 is in memory',
      `compute ${wideKeys(2, 3)[0] as string} on w`,
    ]);
  });

  it('gives out as many short ones as cover a round trip', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    const worker = scheduler.worker('w');
    scheduler.submit(client, wide(3000));
    scheduler.finish(worker, wideKeys(0, 4), { durationMs: 0.01 });
    // 8 ms of tasks of 10 us.
    expect(worker.processing.length).toBe(800);
  });

  it('keeps few in flight if their results would fill the memory', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    const worker = scheduler.worker('w', 1, 1e6);
    scheduler.submit(client, wide(3000));
    scheduler.finish(worker, wideKeys(0, 4), { durationMs: 0.01, nbytes: 5000 });
    expect(worker.processing.length).toBeLessThanOrEqual(3);
  });

  it('counts the time of other tasks on a worker', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    const worker = scheduler.worker('w');
    scheduler.submit(client, wide(3000));
    scheduler.finish(worker, wideKeys(0, 4), { durationMs: 0.01 });
    scheduler.submit(client, { slow: [] });
    scheduler.finish(worker, wideKeys(4, 804), { durationMs: 0.01 });
    // `slow` is not known yet, and taken to be long.
    expect(worker.processing.length).toBe(2);
  });

  it('gives out nothing to a paused worker, and goes on when it runs again', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    const worker = scheduler.worker('w');
    scheduler.stimulate({ op: 'worker-status', worker, status: 'paused' });
    scheduler.submit(client, { x: [] });
    scheduler.submit(client, { y: [] }, { workers: ['w'] });
    expect(scheduler.states('x', 'y')).toEqual(['queued', 'no-worker']);
    scheduler.stimulate({ op: 'worker-status', worker, status: 'running' });
    expect(scheduler.states('x', 'y')).toEqual(['processing', 'processing']);
  });

  it('fills the slot of a task that left it', () => {
    const scheduler = new TestScheduler({ firstWave: 1 });
    const client = scheduler.client();
    const worker = scheduler.worker('w');
    scheduler.submit(client, wide(10));
    expect(worker.processing).toHaveLength(2);
    const { id, runId } = scheduler.task(wideKeys(0, 1)[0] as string);
    scheduler.stimulate({ op: 'long-running', worker, taskId: id, runId, durationMs: 1 });
    expect(worker.processing).toHaveLength(3);
  });
});

describe('failing', () => {
  it('tries a task that throws as often as it was asked to', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    const worker = scheduler.worker('w');
    scheduler.submit(client, { x: [] }, { retries: 1 });
    scheduler.err(worker, 'x');
    expect(scheduler.out.take()).toEqual(['compute x on w', 'free x on w', 'compute x on w']);
    scheduler.err(worker, 'x');
    expect(scheduler.out.take()).toEqual(['client hears that x erred because of x']);
  });

  it('blames the task that failed for all that need it, also for those submitted later', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    const worker = scheduler.worker('w');
    scheduler.submit(client, { x: [], y: ['x'], z: ['y'] });
    scheduler.err(worker, 'x');
    scheduler.out.take();
    scheduler.submit(client, { late: ['z'] });
    expect(scheduler.out.take()).toEqual(['client hears that late erred because of x']);
    scheduler.release(client, ['x', 'y', 'z']);
    expect(scheduler.states('x', 'y', 'z', 'late')).toEqual(['erred', 'erred', 'erred', 'erred']);
    scheduler.release(client, ['late']);
    expect(scheduler.state.tasks.size).toBe(0);
  });

  it('retries from the task that failed', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    const worker = scheduler.worker('w');
    scheduler.submit(client, { x: [], y: ['x'] }, { wanted: ['y'] });
    scheduler.err(worker, 'x');
    scheduler.out.take();
    scheduler.stimulate({ op: 'retry-keys', client, ids: [scheduler.idOf(client, 'y')] });
    expect(scheduler.out.take()).toEqual(['client hears that y is tried again', 'compute x on w']);
    expect(scheduler.states('x', 'y')).toEqual(['processing', 'waiting']);
  });

  it('tries each task that failed for another one again once, however many ways lead to it', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    const worker = scheduler.worker('w');
    const layers = 40;
    const shape: Record<string, readonly string[]> = { x: [] };
    for (let layer = 0; layer < layers; layer += 1) {
      const below = layer === 0 ? ['x'] : [`a${String(layer - 1)}`, `b${String(layer - 1)}`];
      shape[`a${String(layer)}`] = below;
      shape[`b${String(layer)}`] = below;
    }
    const last = `a${String(layers - 1)}`;
    scheduler.submit(client, shape, { wanted: [last] });
    scheduler.err(worker, 'x');
    scheduler.out.take();
    const before = scheduler.state.stepCounts.slice();
    scheduler.stimulate({ op: 'retry-keys', client, ids: [scheduler.idOf(client, last)] });
    expect(scheduler.out.take()).toEqual([`client hears that ${last} is tried again`, 'compute x on w']);
    const steps = scheduler.state.stepCounts.reduce((sum, count, index) => sum + count - (before[index] as number), 0);
    expect(steps).toBeLessThan(3 * layers * 2);
    expect(scheduler.states('a0', 'b7', last)).toEqual(['waiting', 'waiting', 'waiting']);
  });

  it('leaves a task failed that has another reason, and tells that one', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    const worker = scheduler.worker('w', 2);
    scheduler.submit(client, { x: [], y: [], z: ['x', 'y'], after: ['z'] });
    scheduler.err(worker, 'x');
    scheduler.err(worker, 'y');
    expect(scheduler.task('z').failure?.key).toBe('x');
    scheduler.stimulate({ op: 'retry-keys', client, ids: [scheduler.idOf(client, 'x')] });
    expect([scheduler.stateOf('z'), scheduler.task('z').failure?.key]).toEqual(['erred', 'y']);
    expect([scheduler.stateOf('after'), scheduler.task('after').failure?.key]).toEqual(['erred', 'y']);
    scheduler.stimulate({ op: 'retry-keys', client, ids: [scheduler.idOf(client, 'z')] });
    scheduler.finish(worker, ['x', 'y']);
    expect(scheduler.stateOf('z')).toBe('processing');
  });

  it('does not compute what only a task needs that turns out to fail for another reason', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    const worker = scheduler.worker('w', 2);
    const shape = {
      x: [],
      y: [],
      fromX: ['x'],
      both: ['fromX', 'y'],
      left: ['fromX'],
      right: ['both'],
      end: ['left', 'right'],
    };
    scheduler.submit(client, shape, { wanted: ['x', 'y', 'end'] });
    scheduler.err(worker, 'x');
    scheduler.err(worker, 'y');
    // `right` is between two that have failed, and nobody needs it: it is not known yet that it cannot be had.
    expect(scheduler.states('left', 'both', 'right', 'end')).toEqual(['erred', 'erred', 'released', 'erred']);
    scheduler.stimulate({ op: 'retry-keys', client, ids: [scheduler.idOf(client, 'x')] });
    expect(scheduler.states('x', 'left', 'end')).toEqual(['processing', 'released', 'erred']);
    scheduler.finish(worker, ['x']);
    expect(scheduler.states('fromX', 'left')).toEqual(['released', 'released']);
  });

  it('gives up a task that workers die of, and not those that only stood behind it', () => {
    const scheduler = new TestScheduler({ allowedFailures: 2, firstWave: 10 });
    const client = scheduler.client();
    scheduler.submit(client, wide(5));
    const [killer, ...innocent] = wideKeys(0, 5);
    for (let death = 0; death < 3; death += 1) scheduler.removeWorker(scheduler.worker(`w${String(death)}`));
    expect(scheduler.stateOf(killer as string)).toBe('erred');
    expect(scheduler.task(killer as string).failure?.cause).toMatchObject({
      code: 'GRID_SCHEDULER_KILLED_WORKER',
      details: { deaths: 3 },
    });
    expect(scheduler.states(...innocent)).toEqual(['queued', 'queued', 'queued', 'queued']);
  });

  it('blames nobody for a worker that leaves in order', () => {
    const scheduler = new TestScheduler({ allowedFailures: 0 });
    const client = scheduler.client();
    scheduler.submit(client, { x: [] });
    scheduler.removeWorker(scheduler.worker('w'), true);
    expect([scheduler.stateOf('x'), scheduler.task('x').suspicious]).toEqual(['queued', 0]);
  });

  it.each(['left', 'closed', 'restarted', 'scheduler-lost'] as const)(
    'blames nobody for a worker of which its nanny says that it is gone because of: %s',
    (cause) => {
      const scheduler = new TestScheduler({ allowedFailures: 0 });
      const client = scheduler.client();
      scheduler.submit(client, { x: [] });
      scheduler.removeWorker(scheduler.worker('w'), false, { ...KILLED, cause });
      expect([scheduler.stateOf('x'), scheduler.task('x').suspicious]).toEqual(['queued', 0]);
    },
  );

  it('gives what nannies saw as evidence, and forgets it with the task', () => {
    const scheduler = new TestScheduler({ allowedFailures: 1 });
    const client = scheduler.client();
    scheduler.submit(client, { x: [] });
    scheduler.removeWorker(scheduler.worker('a'), false, { ...KILLED, cause: 'signal' });
    scheduler.removeWorker(scheduler.worker('b'), false, { ...KILLED, cause: 'memory', memory: 2 ** 30 });
    const { cause } = scheduler.task('x').failure ?? {};
    expect(cause).toMatchObject({
      details: {
        deaths: 2,
        evidence: [{ exit: { cause: 'signal', signal: 'SIGKILL' } }, { exit: { cause: 'memory', memory: 2 ** 30 } }],
      },
    });
    expect(cause?.message).toMatch(/took 1.0 GiB of 2.0 GiB of memory.*\nlast words$/s);
    scheduler.release(client, ['x']);
    expect(scheduler.state.deaths.size).toBe(0);
  });

  it('forgets what a task did when it is tried again', () => {
    const scheduler = new TestScheduler({ allowedFailures: 0 });
    const client = scheduler.client();
    scheduler.submit(client, { x: [] });
    scheduler.removeWorker(scheduler.worker('a'), false, { ...KILLED, cause: 'exit', signal: '', code: 134 });
    expect(scheduler.stateOf('x')).toBe('erred');
    scheduler.stimulate({ op: 'retry-keys', client, ids: [scheduler.idOf(client, 'x')] });
    expect([scheduler.stateOf('x'), scheduler.state.deaths.size]).toEqual(['queued', 0]);
  });
});

describe('losing', () => {
  it('computes again what was only on a lost worker, walking back as far as it must', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    const worker = scheduler.worker('w');
    scheduler.submit(client, { x: [], y: ['x'], z: ['y'] }, { wanted: ['z'] });
    for (const key of ['x', 'y', 'z']) scheduler.finish(worker, [key]);
    scheduler.out.take();
    scheduler.removeWorker(worker);
    expect(scheduler.out.take()).toEqual(['client hears that z is lost']);
    expect(scheduler.states('x', 'y', 'z')).toEqual(['queued', 'waiting', 'waiting']);
  });

  it('takes a dependent back whose input is lost, and keeps one that has another copy', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    const [a, b] = [scheduler.worker('a'), scheduler.worker('b')];
    scheduler.submit(client, { x: [], y: ['x'] }, { workers: ['a'] });
    scheduler.finish(a, ['x']);
    const x = scheduler.task('x');
    scheduler.stimulate({ op: 'add-keys', worker: b, taskIds: [x.id], sizes: [8] });
    scheduler.out.take();
    scheduler.stimulate({ op: 'missing-data', worker: b, taskId: x.id, holderId: a.id });
    // If it has one after all, it says so, or drops it; else nobody would know of it.
    expect(scheduler.out.take()).toEqual(['a is to drop x']);
    scheduler.stimulate({ op: 'release-worker-data', worker: b, taskIds: [x.id] });
    expect(scheduler.out.take()).toEqual(['client hears that x is lost', 'compute x on a', 'free y on a']);
  });

  it('forgets plain data that is lost, and tells those that needed it', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    const worker = scheduler.worker('w');
    const plan = {
      op: 'plan-scatter',
      client,
      keys: textColumn(['d']),
      sizes: [8],
      workers: [],
    } as const;
    scheduler.stimulate({ ...plan, ids: [client.nextId] });
    scheduler.submit(client, { y: ['d'] });
    expect(scheduler.states('d', 'y')).toEqual(['released', 'waiting']);
    scheduler.stimulate({ op: 'add-keys', worker, taskIds: [scheduler.task('d').id], sizes: [8] });
    expect(scheduler.out.take()).toEqual(['client hears that d is in memory', 'compute y on w']);
    scheduler.removeWorker(worker);
    expect(scheduler.out.take()).toEqual([
      'client hears that 0 is off: lost-data',
      'client hears that 1 is off: lost-data',
    ]);
    expect(scheduler.state.tasks.size).toBe(0);
  });

  it('takes no result of an earlier run, and tells a worker that is not asked any more to drop it', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    const worker = scheduler.worker('w');
    scheduler.submit(client, { x: [] });
    const { id, runId } = scheduler.task('x');
    const late = {
      op: 'tasks-finished',
      worker,
      taskIds: [id],
      sizes: [8],
      typeIds: [0],
      starts: [1],
      durations: [1],
      results: null,
    } as const;
    scheduler.stimulate({ op: 'reschedule-task', worker, taskId: id, runId });
    scheduler.out.take();
    scheduler.stimulate({ ...late, runIds: [runId] });
    expect([scheduler.stateOf('x'), scheduler.out.take()]).toEqual(['processing', []]);
    scheduler.release(client, ['x']);
    scheduler.out.take();
    scheduler.stimulate({ ...late, runIds: [runId + 1] });
    expect(scheduler.out.take()).toEqual(['free x on w']);
    expect(scheduler.state.staleCount).toBe(2);
  });

  it('listens no more to a worker that it gave up', () => {
    const scheduler = new TestScheduler();
    const worker = scheduler.worker('w');
    scheduler.removeWorker(worker);
    scheduler.removeWorker(worker);
    scheduler.stimulate({ op: 'add-keys', worker, taskIds: [1], sizes: [8] });
    expect([scheduler.out.take(), scheduler.state.staleCount]).toEqual([[], 2]);
  });
});

describe('wanting', () => {
  it('stops what runs for nobody', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    scheduler.worker('w');
    scheduler.submit(client, { x: [], y: ['x'] });
    scheduler.out.take();
    scheduler.stimulate({ op: 'remove-client', client });
    expect(scheduler.out.take()).toEqual(['free x on w']);
    expect(scheduler.state.tasks.size).toBe(0);
  });

  it('cancels what depends on a cancelled task, and leaves others what they want', () => {
    const scheduler = new TestScheduler();
    const [first, second] = [scheduler.client('first'), scheduler.client('second')];
    scheduler.submit(first, { x: [], y: ['x'] });
    scheduler.stimulate({ op: 'client-desires-keys', client: second, ids: [0], keys: textColumn(['x']) });
    scheduler.stimulate({ op: 'cancel-keys', client: first, ids: [0], force: false });
    expect(scheduler.out.take()).toEqual(['first hears that 0 is off: cancelled']);
    scheduler.stimulate({ op: 'cancel-keys', client: second, ids: [0], force: true });
    expect(scheduler.out.take()).toEqual([
      'first hears that 1 is off: cancelled',
      'second hears that 0 is off: cancelled',
    ]);
    expect(scheduler.state.tasks.size).toBe(0);
  });

  it('lets a client call a task by its latest number only', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    scheduler.submit(client, { x: [] });
    scheduler.stimulate({ op: 'client-desires-keys', client, ids: [5], keys: textColumn(['x']) });
    scheduler.stimulate({ op: 'client-releases-keys', client, ids: [0] });
    expect(scheduler.stateOf('x')).toBe('queued');
    scheduler.stimulate({ op: 'client-releases-keys', client, ids: [5] });
    expect(scheduler.stateOf('x')).toBe('gone');
  });
});

describe('refusing', () => {
  it.each([
    ['a cycle', { a: ['c'], b: ['a'], c: ['b'] }, 'GRID_SCHEDULER_CYCLIC_GRAPH'],
    ['a task that needs itself', { a: ['a'] }, 'GRID_SCHEDULER_CYCLIC_GRAPH'],
  ])('turns a graph with %s away and keeps nothing of it', (_, shape, code) => {
    const scheduler = new TestScheduler();
    const graph = scheduler.submit(scheduler.client(), { fine: [], ...shape });
    expect(scheduler.out.refusals).toMatchObject([{ code }]);
    expect([scheduler.state.tasks.size, scheduler.state.keys.size, scheduler.state.groups.size]).toEqual([0, 0, 0]);
    expect(scheduler.out.releasedGraphs).toEqual([graph]);
  });

  it('turns a graph away whose dependency is gone', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    scheduler.submit(client, { x: [] });
    scheduler.release(client, ['x']);
    scheduler.submitIds(client, ['y'], [0]);
    expect(scheduler.out.refusals).toMatchObject([{ code: 'GRID_SCHEDULER_UNKNOWN_DEPENDENCY', keys: ['y'] }]);
    expect(scheduler.state.tasks.size).toBe(0);
  });

  it('turns only those tasks of a graph away that need what is gone', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    scheduler.submit(client, { gone: [], kept: [] });
    scheduler.release(client, ['gone']);
    // By the client's numbers: gone is 0, kept 1, and these are 2 to 7.
    const graph = scheduler.submitGraph(client, {
      apart: [],
      needs: [0],
      'needs-later': [5],
      'needs-needs': [3],
      kept: [0],
      'needs-kept': [6],
    });
    expect(scheduler.out.refusals).toEqual([
      {
        graphId: graph.graphId,
        ids: [3, 4, 5],
        code: 'GRID_SCHEDULER_UNKNOWN_DEPENDENCY',
        message: expect.stringContaining('needs depends'),
        keys: ['needs', 'needs-later', 'needs-needs'],
      },
    ]);
    expect(scheduler.states('apart', 'kept', 'needs-kept')).toEqual(['queued', 'queued', 'waiting']);
    expect(scheduler.states('needs', 'needs-later', 'needs-needs')).toEqual(['gone', 'gone', 'gone']);
    scheduler.release(client, ['apart', 'kept', 'needs-kept']);
    expect(scheduler.state.tasks.size).toBe(0);
    expect(scheduler.out.releasedGraphs).toContain(graph);
  });

  it('turns a graph away that has a key twice', () => {
    const scheduler = new TestScheduler();
    scheduler.submitIds(scheduler.client(), ['x', 'y', 'x'], []);
    expect(scheduler.out.refusals).toMatchObject([{ code: 'GRID_SCHEDULER_DUPLICATE_KEY', keys: ['x'] }]);
    expect(scheduler.state.tasks.size).toBe(0);
  });
});

describe('the story', () => {
  it('tells what happened to a task and why, also when it is gone', () => {
    const scheduler = new TestScheduler({ storyLength: 4 });
    const client = scheduler.client();
    const worker = scheduler.worker('w');
    scheduler.submit(client, { x: [] });
    scheduler.finish(worker, ['x']);
    scheduler.release(client, ['x']);
    const steps = scheduler.state.story.of(new Set(['x']));
    expect(steps.map(({ from, to, stimulusId }) => `${from} -> ${to} by ${stimulusId.replace(/-\d+$/, '')}`)).toEqual([
      'waiting -> processing by update-graph',
      'processing -> memory by tasks-finished',
      'memory -> released by client-releases-keys',
      'released -> forgotten by client-releases-keys',
    ]);
  });
});

describe('slots', () => {
  it('are looked for only on workers of which something has changed', () => {
    const scheduler = new TestScheduler();
    const client = scheduler.client();
    const workers = Array.from({ length: 30 }, (_, index) => scheduler.worker(`w${String(index)}`));
    scheduler.submit(client, wide(300));
    const { state } = scheduler;
    expect(state.queue.size).toBe(180);
    expect(state.roomy).toEqual([]);
    const first = (workers[7] as (typeof workers)[number]).processing[0];
    scheduler.finish(workers[7] as (typeof workers)[number], [first?.key ?? '']);
    // It has three long tasks still, and so no room; the others were not asked.
    expect(workers.filter(({ mayHaveRoom }) => mayHaveRoom)).toEqual([]);
    expect(workers.map(({ processing }) => processing.length).filter((count) => count !== 4)).toEqual([3]);
    for (const { key } of (workers[7] as (typeof workers)[number]).processing.slice(0, 2))
      scheduler.finish(workers[7] as (typeof workers)[number], [key]);
    expect(workers[7]?.processing.length).toBe(2);
    expect(state.queue.size).toBe(179);
  });
});

describe('the bandwidth', () => {
  it('is what workers have measured, each for its part of the cluster, and decides what is worth moving', () => {
    const scheduler = new TestScheduler({ bandwidth: 100 });
    const workers = ['a', 'b', 'c', 'd'].map((name) => scheduler.worker(name));
    const beat = (bandwidth: number): void =>
      scheduler.stimulate({
        op: 'heartbeat',
        worker: workers[0] as (typeof workers)[number],
        memory: { spilledBytes: 0, unmanagedBytes: 0 },
        bandwidth,
      });
    beat(0);
    expect(scheduler.state.bandwidth).toBe(100);
    beat(500);
    expect(scheduler.state.bandwidth).toBe(200);
    for (let count = 0; count < 50; count += 1) beat(500);
    expect(scheduler.state.bandwidth).toBeCloseTo(500);
  });
});
