import { describe, expect, it } from '@jest/globals';
import { asKey, isGridError } from '@grid/common';
import fc from 'fast-check';
import { fuse } from './fuse.js';
import { GraphBuilder } from './graph-builder.js';
import { inlineLiterals } from './inline-literals.js';
import { runFused } from './run-fused.js';
import { runSync, syncRunner } from './run-sync.js';
import { refTo } from './task-ref.js';
import { arbitraryGraph } from './testing/arbitrary-graph.js';

const inc = (x: number): number => x + 1;
const add = (x: number, y: number): number => x + y;

function errorOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('fuse', () => {
  it('joins a chain under the key of its last task, which keeps its other dependencies', async () => {
    const builder = new GraphBuilder();
    const other = builder.data('other', 10);
    const a = builder.call('a', inc, [1]);
    const b = builder.call('b', async (x: number) => Promise.resolve(x * 2), [a]);
    const c = builder.call('c', add, [other, b]);
    const graph = fuse(builder.build(), [c.key]);
    expect([...graph.keys()]).toEqual(['other', 'c']);
    expect(graph.dependencies(c.key)).toEqual(['other']);
    expect(await syncRunner.compute(graph, [c.key])).toEqual([14]);
  });

  it('runs a chain without promises at once', () => {
    expect(
      runFused([
        { fn: inc, args: [1], previousAt: [] },
        { fn: add, args: [0, 0], previousAt: [0, 1] },
      ]),
    ).toBe(4);
  });

  it.each<[string, (builder: GraphBuilder) => void]>([
    ['is wanted', (b) => b.call('end', inc, [b.call('wanted', inc, [1])])],
    [
      'has two users',
      (b) => {
        const shared = b.call('shared', inc, [1]);
        b.call('end', inc, [shared]);
        b.call('end2', inc, [shared]);
      },
    ],
    ['has other options', (b) => b.call('end', inc, [b.call('special', inc, [1], { retries: 3 })])],
    [
      'is passed inside an argument',
      (b) => b.call('end', (list: readonly number[]) => list.length, [[b.call('inner', inc, [1])]]),
    ],
    ['is data', (b) => b.call('end', inc, [b.data('literal', 1)])],
  ])('leaves a task alone that %s', (_, add_) => {
    const builder = new GraphBuilder();
    add_(builder);
    const graph = builder.build();
    expect(fuse(graph, [asKey('wanted'), asKey('end'), asKey('end2')])).toBe(graph);
  });

  it('refuses a circle', () => {
    const builder = new GraphBuilder();
    builder.call('a', inc, [refTo<number>(asKey('b'))]);
    builder.call('b', inc, [refTo<number>(asKey('a'))]);
    expect(
      isGridError(
        errorOf(() => fuse(builder.build(), [])),
        'GRID_GRAPH_CYCLE',
      ),
    ).toBe(true);
  });

  it('joins a chain of 10 000 tasks', async () => {
    const builder = new GraphBuilder();
    let last = builder.call('t-0', inc, [0]);
    for (let i = 1; i < 10_000; i += 1) last = builder.call(`t-${String(i)}`, inc, [last]);
    const graph = fuse(builder.build(), [last.key]);
    expect(graph.size).toBe(1);
    expect(await syncRunner.compute(graph, [last.key])).toEqual([10_000]);
  });

  it('changes no result, and neither does inlining', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryGraph(fc, { failing: true }), fc.infiniteStream(fc.boolean()), async (graph, picks) => {
        const wanted = [...graph.keys()].filter(() => picks.next().value);
        const plain = await runSync(graph, wanted);
        const optimised = inlineLiterals(fuse(graph, wanted), { wanted });
        const outcomes = await runSync(optimised, wanted);
        for (const key of wanted) {
          const [left, right] = [plain.get(key), outcomes.get(key)];
          if (left?.status === 'finished') expect(right).toEqual(left);
          // The blame may name a fused task, and of several failed inputs another may be met first.
          else expect(right?.status).toBe('erred');
        }
        expect(fuse(optimised, wanted).size).toBeLessThanOrEqual(optimised.size);
      }),
    );
  });
});

describe('inlineLiterals', () => {
  it('puts small literals into the arguments of their users and drops their tasks', async () => {
    const builder = new GraphBuilder();
    const two = builder.data('two', 2);
    const list = builder.data('list', [two, 1]);
    const sum = builder.call('sum', (xs: readonly number[], x: number) => xs.reduce(add, x), [list, two]);
    const graph = inlineLiterals(builder.build());
    expect([...graph.keys()]).toEqual(['list', 'sum']);
    expect(graph.get(asKey('list'))).toMatchObject({ value: [2, 1] });
    expect(await syncRunner.compute(graph, [sum.key])).toEqual([5]);
  });

  it('leaves large, wanted and unused data alone', () => {
    const builder = new GraphBuilder();
    const refs = [builder.data('large', 'x'.repeat(1000)), builder.data('object', {}), builder.data('wanted', 1)];
    builder.data('unused', 1);
    builder.data('users', refs);
    const graph = builder.build();
    expect(inlineLiterals(graph, { wanted: [asKey('wanted')] })).toBe(graph);
  });
});
