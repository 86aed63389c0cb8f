import { describe, expect, it } from '@jest/globals';
import { asKey, isGridError } from '@grid/common';
import fc from 'fast-check';
import { cull } from './cull.js';
import { GraphBuilder } from './graph-builder.js';
import { keyOf } from './key.js';
import { callSpec, dataSpec } from './run-spec.js';
import { TaskGraph } from './task-graph.js';
import { refTo } from './task-ref.js';
import { arbitraryGraph } from './testing/arbitrary-graph.js';
import { topologicalOrder } from './topological-order.js';
import { validateGraph } from './validate-graph.js';

const add = (x: number, y: number): number => x + y;
const needs = (key: string, ...others: string[]) =>
  dataSpec(
    key,
    others.map((other) => refTo(asKey(other))),
  );

function errorOf(
  act: () => unknown,
): { code: string; message: string; details: Readonly<Record<string, unknown>> } | undefined {
  try {
    act();
  } catch (error) {
    if (isGridError(error)) return error;
    throw error;
  }
  return undefined;
}

describe('TaskGraph', () => {
  it('keeps tasks in the order in which they came, and knows who needs whom', () => {
    const builder = new GraphBuilder();
    const one = builder.data('one', 1);
    const two = builder.call(['two', 0], add, [one, 1]);
    builder.call('sum', add, [two, one]);
    const graph = builder.build();
    expect([...graph.keys()]).toEqual(['one', "('two', 0)", 'sum']);
    expect(graph.dependencies(asKey('sum'))).toEqual(["('two', 0)", 'one']);
    expect(graph.dependents().get(asKey('one'))).toEqual(["('two', 0)", 'sum']);
    expect(graph.dependencies(asKey('unknown'))).toEqual([]);
  });

  it('takes the same task twice for one', () => {
    const spec = callSpec('sum', add, [refTo(asKey('a')), 2], { workers: ['w'] });
    const again = callSpec('sum', add, [refTo(asKey('a')), 2], { workers: ['w'] });
    expect(TaskGraph.merge([TaskGraph.of([spec]), TaskGraph.of([again])]).size).toBe(1);
  });

  it.each([
    ['another function', callSpec('sum', (x: number, y: number) => x - y, [1, 2])],
    ['other arguments', callSpec('sum', add, [1, 3])],
    ['other options', callSpec('sum', add, [1, 2], { retries: 1 })],
    ['another kind', dataSpec('sum', 3)],
  ])('refuses a task with a known key and %s, naming the key', (_, other) => {
    const error = errorOf(() => TaskGraph.of([callSpec('sum', add, [1, 2]), other]));
    expect(error?.code).toBe('GRID_GRAPH_KEY_CONFLICT');
    expect(error?.message).toContain("'sum'");
  });
});

describe('validateGraph', () => {
  it('accepts whatever can run', () => {
    fc.assert(fc.property(arbitraryGraph(fc), (graph) => validateGraph(graph, { wanted: graph.keys() })));
  });

  it('names the path of a circle, without what leads to it', () => {
    const error = errorOf(() =>
      validateGraph(TaskGraph.of([needs('in', 'a'), needs('a', 'b'), needs('b', 'c'), needs('c', 'a')])),
    );
    expect(error?.code).toBe('GRID_GRAPH_CYCLE');
    expect(error?.message).toContain('a → b → c → a');
    expect(error?.details['path']).toEqual(['a', 'b', 'c', 'a']);
  });

  it('finds a circle that is closed at any place of a graph', () => {
    fc.assert(
      fc.property(arbitraryGraph(fc), fc.nat(), fc.nat(), (graph, i, j) => {
        const keys = [...graph.keys()];
        fc.pre(keys.length > 0);
        const from = keys[i % keys.length] as string;
        const part = cull(graph, [asKey(from)]);
        const back = [...part.keys()][j % part.size] as string;
        // Whatever `from` needs now also needs `from`.
        const closed = TaskGraph.of(
          [...graph].map((spec) => (spec.key === back ? needs(back, ...graph.dependencies(spec.key), from) : spec)),
        );
        const path = errorOf(() => validateGraph(closed))?.details['path'] as string[];
        expect(path[0]).toBe(path.at(-1));
        path.slice(1).forEach((key, step) => expect(closed.dependencies(asKey(path[step] as string))).toContain(key));
      }),
    );
  });

  it('says so when a task needs its own result', () => {
    const error = errorOf(() => validateGraph(TaskGraph.of([needs('a', 'a')])));
    expect(error?.code).toBe('GRID_GRAPH_CYCLE');
    expect(error?.message).toBe("task 'a' needs its own result");
  });

  it('prints a long circle in short and has all of it in the details', () => {
    const size = 100_000;
    const specs = Array.from({ length: size }, (_, i) => needs(`t${String(i)}`, `t${String((i + 1) % size)}`));
    const error = errorOf(() => validateGraph(TaskGraph.of(specs)));
    expect(error?.details['path']).toHaveLength(size + 1);
    expect(error?.message.length).toBeLessThan(300);
  });

  it('names what is missing and who needs it, unless it is known elsewhere', () => {
    const graph = TaskGraph.of([needs('a', 'elsewhere')]);
    const error = errorOf(() => validateGraph(graph));
    expect(error?.code).toBe('GRID_GRAPH_MISSING_KEY');
    expect(error?.details).toEqual({ key: 'elsewhere', neededBy: 'a' });
    validateGraph(graph, { isKnown: (key) => key === 'elsewhere' });
  });

  it('names a wanted key that does not exist', () => {
    const error = errorOf(() => validateGraph(TaskGraph.of([]), { wanted: [keyOf('x')] }));
    expect(error?.code).toBe('GRID_GRAPH_MISSING_KEY');
    expect(error?.details).toEqual({ key: 'x' });
  });
});

describe('topologicalOrder', () => {
  it('puts every task after what it needs', () => {
    fc.assert(
      fc.property(arbitraryGraph(fc), (graph) => {
        const shuffled = TaskGraph.of([...graph].reverse());
        const keys = topologicalOrder(shuffled);
        expect([...keys].sort()).toEqual([...graph.keys()].sort());
        const place = new Map(keys.map((key, index) => [key, index]));
        for (const key of keys) {
          for (const dependency of graph.dependencies(key))
            expect(place.get(dependency)).toBeLessThan(place.get(key) as number);
        }
      }),
    );
  });

  it('names the path of a circle', () => {
    expect(errorOf(() => topologicalOrder(TaskGraph.of([needs('a', 'b'), needs('b', 'a')])))?.details['path']).toEqual([
      'a',
      'b',
      'a',
    ]);
  });
});

describe('cull', () => {
  it('keeps what is wanted and all that it needs, and nothing else', () => {
    const graph = TaskGraph.of([
      needs('a'),
      needs('b', 'a'),
      needs('c', 'b', 'elsewhere'),
      needs('d', 'c'),
      needs('e'),
    ]);
    expect([...cull(graph, [asKey('c')]).keys()]).toEqual(['a', 'b', 'c']);
    expect(cull(graph, []).size).toBe(0);
  });

  it('returns a graph of which all is needed', () => {
    fc.assert(fc.property(arbitraryGraph(fc), (graph) => cull(graph, graph.keys()) === graph));
  });

  it('refuses a wanted key that does not exist', () => {
    expect(errorOf(() => cull(TaskGraph.of([]), [asKey('x')]))?.code).toBe('GRID_GRAPH_MISSING_KEY');
  });
});
