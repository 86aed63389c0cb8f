import { describe, expect, it } from '@jest/globals';
import { textColumn } from '@grid/protocol';
import fc from 'fast-check';

import { inventoryProblem } from '../src/core/orphans.js';
import type { ClientRecord } from '../src/core/records.js';
import { TestScheduler, type Brought, type Shape, type SubmitOptions } from './support/test-scheduler.js';

/** A client that comes back and submits again what it had. */
function resume(
  scheduler: TestScheduler,
  submissions: readonly { readonly shape: Shape; readonly options?: SubmitOptions }[],
): ClientRecord {
  const client = scheduler.client();
  const resumeOwner = scheduler.client('owner', false);
  for (const { shape, options } of submissions) scheduler.submit(client, shape, { ...options, resumeOwner });
  scheduler.stimulate({ op: 'remove-client', client: resumeOwner });
  return client;
}

describe('what workers bring of a former scheduler', () => {
  it('is in memory at once for a client that submits it again, and what it was made of is not made', () => {
    const scheduler = new TestScheduler();
    scheduler.returningWorker('w', [{ id: 7, key: 'y' }]);
    resume(scheduler, [{ shape: { x: [], y: ['x'] }, options: { wanted: ['y'] } }]);
    expect(scheduler.states('x', 'y')).toEqual(['released', 'memory']);
    expect(scheduler.out.take()).toEqual(['client hears that y is in memory']);
  });

  it('is made again when it is lost after that, with all that it needs', () => {
    const scheduler = new TestScheduler();
    const first = scheduler.returningWorker('w', [{ id: 7, key: 'y' }]);
    const second = scheduler.worker('v');
    resume(scheduler, [{ shape: { x: [], y: ['x'] }, options: { wanted: ['y'] } }]);
    scheduler.removeWorker(first);
    expect(scheduler.states('x', 'y')).toEqual(['processing', 'waiting']);
    scheduler.finish(second, ['x']);
    scheduler.finish(second, ['y']);
    expect(scheduler.stateOf('y')).toBe('memory');
  });

  it('goes on running, under the run that it has, and ends as any other', () => {
    const scheduler = new TestScheduler();
    const worker = scheduler.returningWorker('w', [
      { id: 6, key: 'x' },
      { id: 7, key: 'y', run: 'running' },
    ]);
    resume(scheduler, [{ shape: { x: [], y: ['x'] }, options: { wanted: ['y'] } }]);
    expect(scheduler.states('x', 'y')).toEqual(['memory', 'processing']);
    scheduler.finish(worker, ['y']);
    expect(scheduler.states('x', 'y')).toEqual(['released', 'memory']);
    expect(scheduler.out.take()).toEqual(['client hears that y is in memory', 'free #6 on w']);
  });

  it('runs anew if nobody has what a run needs that could have to be repeated', () => {
    const scheduler = new TestScheduler();
    scheduler.returningWorker('w', [{ id: 7, key: 'y', run: 'running' }]);
    resume(scheduler, [{ shape: { x: [], y: ['x'] }, options: { wanted: ['y'] } }]);
    expect(scheduler.states('x', 'y')).toEqual(['processing', 'waiting']);
    expect(scheduler.out.take()).toEqual(['free #7 on w', 'compute x on w']);
  });

  it('is tried again if it fails before it is known how often it is to be tried', () => {
    const scheduler = new TestScheduler();
    const worker = scheduler.returningWorker('w', [{ id: 7, key: 'x', run: 'running' }]);
    scheduler.err(worker, 'x');
    scheduler.out.take();
    resume(scheduler, [{ shape: { x: [], y: ['x'] }, options: { retries: 1 } }]);
    expect(scheduler.states('x', 'y')).toEqual(['processing', 'waiting']);
    expect(scheduler.out.take()).toEqual(['compute x on w']);
  });

  it('stays failed if it was to be tried once', () => {
    const scheduler = new TestScheduler();
    const worker = scheduler.returningWorker('w', [{ id: 7, key: 'x', run: 'running' }]);
    scheduler.err(worker, 'x');
    resume(scheduler, [{ shape: { x: [], y: ['x'] } }]);
    expect(scheduler.states('x', 'y')).toEqual(['erred', 'erred']);
  });

  it('runs anew once, also if what it needs is wanted itself', () => {
    const scheduler = new TestScheduler();
    scheduler.returningWorker('w', [{ id: 7, key: 'y', run: 'running' }]);
    resume(scheduler, [{ shape: { x: [], y: ['x'] } }]);
    expect(scheduler.states('x', 'y')).toEqual(['processing', 'waiting']);
    expect(scheduler.out.take()).toEqual(['free #7 on w', 'compute x on w']);
  });

  it('may come on several workers, which then all have it', () => {
    const scheduler = new TestScheduler();
    const first = scheduler.returningWorker('w', [{ id: 7, key: 'y' }]);
    scheduler.returningWorker('v', [{ id: 7, key: 'y' }]);
    resume(scheduler, [{ shape: { y: [] } }]);
    scheduler.removeWorker(first);
    expect(scheduler.stateOf('y')).toBe('memory');
  });

  it('is kept until the time for it is over, and then only if it was asked for', () => {
    const scheduler = new TestScheduler();
    scheduler.returningWorker('w', [
      { id: 7, key: 'x' },
      { id: 8, key: 'y' },
      { id: 9, key: 'z', run: 'running' },
    ]);
    resume(scheduler, [{ shape: { y: [] } }]);
    expect(scheduler.states('x', 'y', 'z')).toEqual(['memory', 'memory', 'processing']);
    scheduler.stimulate({ op: 'end-grace' });
    expect(scheduler.states('x', 'y', 'z')).toEqual(['gone', 'memory', 'gone']);
    expect(scheduler.out.take()).toEqual(['client hears that y is in memory', 'free #7 on w', 'free #9 on w']);
    expect(scheduler.state.orphans).toBeNull();
  });

  it('is let go when somebody uses its key who was not there before', () => {
    const scheduler = new TestScheduler();
    scheduler.returningWorker('w', [{ id: 7, key: 'x' }]);
    const client = scheduler.client();
    scheduler.submit(client, { x: [] });
    expect(scheduler.out.take()).toEqual(['free #7 on w', 'compute x on w']);
  });

  it('is had by key, as data is that was scattered', () => {
    const scheduler = new TestScheduler();
    scheduler.returningWorker('w', [{ id: 7, key: 'data' }]);
    const client = scheduler.client();
    scheduler.stimulate({ op: 'client-desires-keys', client, ids: [0, 1], keys: textColumn(['data', 'other']) });
    scheduler.stimulate({ op: 'end-grace' });
    expect(scheduler.states('data', 'other')).toEqual(['memory', 'gone']);
  });

  it('keeps its numbers, and new tasks have others', () => {
    const scheduler = new TestScheduler();
    scheduler.returningWorker('w', [{ id: 7, key: 'x' }]);
    scheduler.returningWorker('v', [{ id: 900_000, key: 'y' }]);
    scheduler.submit(scheduler.client(), { z: [] });
    expect(scheduler.task('x').id).toBe(7);
    expect(scheduler.task('z').id).toBeGreaterThan(900_000);
  });

  it('is refused if its numbers are those of others by now', () => {
    const scheduler = new TestScheduler();
    scheduler.worker('v');
    scheduler.submit(scheduler.client(), { a: [] });
    const of = (taskEnd: number, key: string): string | null =>
      inventoryProblem(scheduler.state, {
        taskEnd,
        runEnd: 0,
        taskIds: [0],
        runIds: [0],
        rows: [{ run: null, isActor: false }],
        sizes: [8],
        typeIds: [0],
        keys: textColumn([key]),
      });
    expect(of(1, 'x')).toMatch('others have by now');
    const next = new TestScheduler();
    next.returningWorker('w', [{ id: 0, key: 'x' }]);
    expect(inventoryProblem(next.state, { ...inventoryOf('y') })).toMatch('another scheduler');
    expect(inventoryProblem(next.state, { ...inventoryOf('x') })).toBeNull();
  });

  it('may be an actor, which is not made again when it is lost', () => {
    const scheduler = new TestScheduler();
    const worker = scheduler.returningWorker('w', [{ id: 7, key: 'actor', isActor: true }]);
    scheduler.worker('v');
    resume(scheduler, [{ shape: { actor: [] }, options: { actor: true } }]);
    expect(worker.actors.has(scheduler.task('actor'))).toBe(true);
    scheduler.removeWorker(worker);
    expect(scheduler.stateOf('actor')).toBe('erred');
  });
});

function inventoryOf(key: string): Parameters<typeof inventoryProblem>[1] {
  return {
    taskEnd: 1,
    runEnd: 0,
    taskIds: [0],
    runIds: [0],
    rows: [{ run: null, isActor: false }],
    sizes: [8],
    typeIds: [0],
    keys: textColumn([key]),
  };
}

/** Tasks that depend on earlier ones; each with whether the client wants it. */
const graphs = fc
  .array(fc.record({ picks: fc.array(fc.nat(), { maxLength: 3 }), isWanted: fc.boolean() }), {
    minLength: 1,
    maxLength: 12,
  })
  .map((tasks) =>
    tasks.map(({ picks, isWanted }, index) => ({
      key: `t${String(index)}`,
      dependencies: index === 0 ? [] : [...new Set(picks.map((pick) => `t${String(pick % index)}`))],
      isWanted,
    })),
  );

describe('a graph that is submitted again in the middle of it', () => {
  it('ends with all that is wanted in memory, and computes nothing of what workers brought', () => {
    fc.assert(
      fc.property(graphs, fc.nat(40), fc.boolean(), fc.nat(2), (tasks, steps, isLost, split) => {
        const shape = Object.fromEntries(tasks.map(({ key, dependencies }) => [key, dependencies]));
        const wanted = tasks.filter(({ isWanted }) => isWanted).map(({ key }) => key);
        const before = new TestScheduler();
        const workers = ['w', 'v', 'u'].map((name) => before.worker(name));
        before.submit(before.client(), shape, { wanted });
        for (let step = 0; step < steps; step += 1) {
          const busy = workers.find(({ processing }, index) => (index + step) % 3 < 3 && processing.length > 0);
          if (busy === undefined) break;
          before.finish(busy, [busy.processing[step % busy.processing.length]?.key ?? '']);
        }
        const brought = workers.map(({ held, replicas, processing }): Brought[] => [
          ...[...held, ...replicas].map(({ id, key }) => ({ id, key })),
          ...processing.map(({ id, key }) => ({ id, key, run: 'running' as const })),
        ]);
        const after = new TestScheduler();
        const back = (isLost ? brought.slice(1) : brought).map((rows, index) =>
          after.returningWorker(`back${String(index)}`, rows),
        );
        after.out.take();
        const kept = new Set(
          (isLost ? brought.slice(1) : brought)
            .flat()
            .filter(({ run }) => run === undefined)
            .map(({ key }) => key),
        );
        const running = new Set((isLost ? [] : brought).flat().map(({ key }) => key));
        const cut = split === 0 ? 0 : Math.floor(tasks.length / 2);
        const parts = [tasks.slice(0, cut), tasks.slice(cut)].filter((part) => part.length > 0);
        const client = after.client();
        const resumeOwner = after.client('owner', false);
        let firstId = 0;
        for (const part of parts) {
          const ids = new Map(tasks.map(({ key }, index) => [key, index]));
          submitAgain(after, { client, resumeOwner, firstId }, part, { ids, wanted });
          firstId += part.length;
        }
        after.stimulate({ op: 'remove-client', client: resumeOwner });
        after.stimulate({ op: 'end-grace' });
        for (let worker = busyOf(back); worker !== undefined; worker = busyOf(back)) {
          after.finish(worker, [worker.processing[0]?.key ?? '']);
        }
        if (back.length > 0) for (const key of wanted) expect(after.stateOf(key)).toBe('memory');
        const computed = after.out
          .take()
          .filter((line) => line.startsWith('compute '))
          .map((line) => line.split(' ')[1] ?? '');
        // What lacks something of a lost worker may be given out, taken back and given out again.
        if (!isLost) expect(new Set(computed).size).toBe(computed.length);
        for (const key of computed) {
          expect(kept.has(key)).toBe(false);
          expect(running.has(key)).toBe(false);
        }
      }),
      { numRuns: 500 },
    );
  });
});

function busyOf(
  workers: readonly ReturnType<TestScheduler['worker']>[],
): ReturnType<TestScheduler['worker']> | undefined {
  return workers.find(({ processing }) => processing.length > 0);
}

function submitAgain(
  scheduler: TestScheduler,
  { client, resumeOwner, firstId }: { client: ClientRecord; resumeOwner: ClientRecord; firstId: number },
  part: readonly { readonly key: string; readonly dependencies: readonly string[] }[],
  { ids, wanted }: { ids: ReadonlyMap<string, number>; wanted: readonly string[] },
): void {
  scheduler.submitNumbered(
    client,
    part.map(({ key, dependencies }) => ({ key, ids: dependencies.map((other) => ids.get(other) ?? -1) })),
    { wanted, resumeOwner, firstId },
  );
}
