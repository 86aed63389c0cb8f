import { describe, expect, it } from '@jest/globals';
import { asKey, isGridError, type Key } from '@grid/common';
import fc from 'fast-check';
import { GraphBuilder } from './graph-builder.js';
import { dependenciesOf } from './run-spec.js';
import { runSync, syncRunner, type RunObserver } from './run-sync.js';
import { refTo } from './task-ref.js';
import { arbitraryGraph } from './testing/arbitrary-graph.js';
import { treeReduceDag } from './testing/dag.js';

const inc = (x: number): number => x + 1;
const add = (x: number, y: number): number => x + y;

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'nothing was thrown',
    (error: unknown) => error,
  );
}

describe('runSync', () => {
  it('gives each task the results that its references name, at any depth', async () => {
    const builder = new GraphBuilder();
    const one = builder.data('one', 1);
    const two = builder.call('two', inc, [one]);
    const all = builder.data('all', { list: [one, two], map: new Map([['two', two]]) });
    const [value] = await syncRunner.compute(builder.build(), [all.key]);
    expect(value).toEqual({ list: [1, 2], map: new Map([['two', 2]]) });
  });

  it('awaits async tasks before their users run', async () => {
    const builder = new GraphBuilder();
    const one = builder.call('one', async () => Promise.resolve(1), []);
    const two = builder.call('two', inc, [one]);
    expect(await syncRunner.compute(builder.build(), [two.key, one.key, two.key])).toEqual([2, 1, 2]);
  });

  it('gives strings that look like keys as strings', async () => {
    const builder = new GraphBuilder();
    builder.data('one', 1);
    const echo = builder.call('echo', (text: string) => text, ['one']);
    expect(await syncRunner.compute(builder.build(), [echo.key])).toEqual(['one']);
  });

  it('runs only what is needed', async () => {
    const builder = new GraphBuilder();
    const wanted = builder.data('wanted', 1);
    builder.call('other', () => expect('other').toBe('not run'), []);
    expect(await syncRunner.compute(builder.build(), [wanted.key])).toEqual([1]);
  });

  it.each([
    ['an error', new RangeError('no')],
    ['null', null],
    ['undefined', undefined],
    ['a string', 'no'],
  ])('passes %s that a task threw on to all that need it, unchanged, and blames that task', async (_, thrown) => {
    const builder = new GraphBuilder();
    const fails = builder.call(
      'fails',
      (): number => {
        throw thrown;
      },
      [],
    );
    const user = builder.call('user', inc, [fails]);
    const last = builder.call('last', add, [user, 1]);
    const sound = builder.call('sound', inc, [1]);
    const outcomes = await runSync(builder.build(), [last.key, sound.key]);
    expect(outcomes.get(last.key)).toEqual({ status: 'erred', error: thrown, blamed: 'fails' });
    expect(outcomes.get(sound.key)).toEqual({ status: 'finished', value: 2 });
    const caught = await rejection(syncRunner.compute(builder.build(), [sound.key, last.key]));
    expect(caught).toBe(thrown);
  });

  it('tries a task again as often as its retries say, and no oftener', async () => {
    const attempts = { lucky: 0, unlucky: 0 };
    const builder = new GraphBuilder();
    const lucky = builder.call(
      'lucky',
      async () => {
        attempts.lucky += 1;
        return attempts.lucky < 3 ? Promise.reject(new Error('not yet')) : Promise.resolve('done');
      },
      [],
      { retries: 2 },
    );
    const unlucky = builder.call(
      'unlucky',
      () => {
        attempts.unlucky += 1;
        throw new Error('never');
      },
      [],
    );
    const outcomes = await runSync(builder.build(), [lucky.key, unlucky.key], { retries: 1 });
    expect(outcomes.get(lucky.key)).toEqual({ status: 'finished', value: 'done' });
    expect(outcomes.get(unlucky.key)?.status).toBe('erred');
    expect(attempts).toEqual({ lucky: 3, unlucky: 2 });
  });

  it('drops each result once nothing needs it', async () => {
    const builder = new GraphBuilder();
    const sum = (...parts: readonly number[]): number => parts.reduce(add, 1);
    treeReduceDag(256).dependencies.forEach((list, id) => {
      builder.call<readonly number[], number>(
        `t-${String(id)}`,
        sum,
        list.map((other) => refTo<number>(asKey(`t-${String(other)}`))),
      );
    });
    const held = new Set<Key>();
    let most = 0;
    const observer: RunObserver = {
      ended: (key) => {
        held.add(key);
        most = Math.max(most, held.size);
      },
      released: (key) => held.delete(key),
    };
    const graph = builder.build();
    const root = asKey(`t-${String(graph.size - 1)}`);
    const outcomes = await runSync(graph, [root], { observer });
    expect(outcomes.get(root)).toEqual({ status: 'finished', value: graph.size });
    expect([...held]).toEqual([root]);
    expect(most).toBeLessThanOrEqual(10);
  });

  it('stops between two tasks when its signal fires', async () => {
    const controller = new AbortController();
    const builder = new GraphBuilder();
    const first = builder.call('first', () => controller.abort('enough'), []);
    const second = builder.call('second', (_: unknown) => expect('second').toBe('not run'), [first]);
    expect(await rejection(runSync(builder.build(), [second.key], { signal: controller.signal }))).toBe('enough');
  });

  it('refuses graphs that cannot run before it runs anything', async () => {
    const builder = new GraphBuilder();
    builder.call('a', () => expect('a').toBe('not run'), []);
    builder.data('b', [refTo(asKey('a')), refTo(asKey('missing'))]);
    const error = await rejection(syncRunner.compute(builder.build(), [asKey('b')]));
    expect(isGridError(error, 'GRID_GRAPH_MISSING_KEY')).toBe(true);
  });

  it('errs exactly those tasks that throw or need one that does', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryGraph(fc, { failing: true }), async (graph) => {
        const outcomes = await runSync(graph, [...graph.keys()]);
        for (const spec of graph) {
          const outcome = outcomes.get(spec.key);
          const blamed = dependenciesOf(spec).flatMap((key) => {
            const of = outcomes.get(key);
            return of?.status === 'erred' ? [of.blamed] : [];
          });
          if (outcome?.status === 'finished') expect(blamed).toEqual([]);
          else if (blamed.length > 0) expect(outcome?.blamed).toBe(blamed[0]);
          else expect(outcome).toMatchObject({ error: { message: `${spec.key} failed` }, blamed: spec.key });
        }
      }),
    );
  });
});
