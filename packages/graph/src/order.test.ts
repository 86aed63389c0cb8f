import { describe, expect, it } from '@jest/globals';
import { asKey, isGridError } from '@grid/common';
import fc from 'fast-check';
import { GraphBuilder } from './graph-builder.js';
import { heldAtMost } from './held-at-most.js';
import { order, orderOf } from './order.js';
import { dataSpec } from './run-spec.js';
import { TaskGraph } from './task-graph.js';
import { refTo } from './task-ref.js';
import { arbitraryDag } from './testing/arbitrary-graph.js';
import { chainDag, columnsOfDag, mapReduceDag, treeReduceDag, type Dag } from './testing/dag.js';

function ranksOf(dag: Dag): Uint32Array {
  const { dependencyEnds, dependencyIds } = columnsOfDag(dag);
  return orderOf(dependencyEnds, dependencyIds);
}

function peakOf(dag: Dag): number {
  return heldAtMost(columnsOfDag(dag), ranksOf(dag));
}

function errorOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('orderOf', () => {
  it('ranks each task once, after all that it needs, and always alike', () => {
    fc.assert(
      fc.property(arbitraryDag(fc, { tasksMax: 60 }), (dag) => {
        const ranks = ranksOf(dag);
        expect([...ranks].sort((a, b) => a - b)).toEqual(dag.dependencies.map((_, i) => i));
        dag.dependencies.forEach((list, id) => {
          for (const dependency of list) expect(ranks[dependency]).toBeLessThan(ranks[id] as number);
        });
        expect(ranksOf(dag)).toEqual(ranks);
      }),
    );
  });

  it('does not depend on tasks having higher numbers than their dependencies', () => {
    fc.assert(
      fc.property(arbitraryDag(fc), (dag) => {
        const last = dag.dependencies.length - 1;
        const reversed = [...dag.dependencies].reverse().map((list) => list.map((id) => last - id));
        const ranks = ranksOf({ dependencies: reversed });
        reversed.forEach((list, id) => {
          for (const dependency of list) expect(ranks[dependency]).toBeLessThan(ranks[id] as number);
        });
      }),
    );
  });

  it('holds O(log n) results of a tree reduction at a time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 600 }), fc.integer({ min: 2, max: 8 }), (leaves, arity) => {
        const levels = Math.ceil(Math.log(leaves) / Math.log(arity) + 1e-9);
        expect(peakOf(treeReduceDag(leaves, arity))).toBeLessThanOrEqual((arity - 1) * (levels + 1) + 1);
      }),
    );
  });

  it('holds O(log n) results of a pairwise reduction of mapped parts at a time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 600 }), (leaves) => {
        expect(peakOf(mapReduceDag(leaves))).toBeLessThanOrEqual(Math.ceil(Math.log2(leaves)) + 2);
      }),
    );
  });

  it('holds O(log n) results of a reduction of any shape, however its tasks are numbered', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 200 }), (weights) => {
        expect(peakOf(randomTree(weights))).toBeLessThanOrEqual(Math.ceil(Math.log2(weights.length)) + 2);
      }),
    );
  });

  it('finishes independent chains one after the other', () => {
    const width = 50;
    const dependencies = Array.from({ length: 4 * width }, (_, id) => (id < width ? [] : [id - width]));
    expect(peakOf({ dependencies })).toBe(2);
  });

  it('goes through overlapping windows along the data they share', () => {
    const parts = Array.from({ length: 100 }, (): number[] => []);
    const windows = parts.map((_, i) => [i - 1, i, i + 1].filter((id) => id >= 0 && id < 100));
    const writes = windows.map((_, i) => [100 + i]);
    expect(peakOf({ dependencies: [...parts, ...windows, ...writes] })).toBeLessThanOrEqual(5);
  });

  it('computes small results of a part while the part is there', () => {
    // Each part has an output of its own and goes into one total.
    const count = 64;
    const parts = Array.from({ length: count }, (): number[] => []);
    const outputs = parts.map((_, i) => [i]);
    const total = treeReduceDag(count).dependencies.map((list, id) =>
      id < count ? [id] : list.map((d) => d + 2 * count),
    );
    expect(peakOf({ dependencies: [...parts, ...outputs, ...total] })).toBeLessThanOrEqual(9);
  });

  it('keeps only the shared input when many small reductions use it', () => {
    const dependencies: number[][] = [[]];
    for (let group = 0; group < 30; group += 1) {
      const uses = Array.from({ length: 10 }, () => dependencies.push([0, dependencies.push([]) - 1]) - 1);
      dependencies.push(uses);
    }
    expect(peakOf({ dependencies })).toBeLessThanOrEqual(13);
  });

  it('advances several reductions of the same parts side by side', () => {
    const count = 256;
    const dependencies = Array.from({ length: count }, (): number[] => []);
    for (let reduction = 0; reduction < 3; reduction += 1) {
      let level = Array.from({ length: count }, (_, part) => dependencies.push([part]) - 1);
      while (level.length > 1) {
        level = Array.from(
          { length: level.length / 4 },
          (_, i) => dependencies.push(level.slice(4 * i, 4 * i + 4)) - 1,
        );
      }
    }
    expect(peakOf({ dependencies })).toBeLessThanOrEqual(3 * 3 * 4 + 4);
  });

  it('does not run ahead of work that needs only what came shortly before it', () => {
    const recent = fc.array(fc.uniqueArray(fc.nat({ max: 30 }), { maxLength: 3 }), { minLength: 500, maxLength: 1000 });
    fc.assert(
      fc.property(recent, (distances) => {
        const dependencies = distances.map((list, id) =>
          list.map((distance) => id - 1 - distance).filter((d) => d >= 0),
        );
        expect(peakOf({ dependencies })).toBeLessThanOrEqual(4 * 31);
      }),
      { numRuns: 30 },
    );
  });

  it('takes a chain of 100 000 tasks and a task with 100 000 dependencies', () => {
    expect(peakOf(chainDag(100_000))).toBe(2);
    const wide = Array.from({ length: 100_001 }, (_, id) =>
      id < 100_000 ? [] : Array.from({ length: 100_000 }, (__, i) => i),
    );
    expect(ranksOf({ dependencies: wide })[100_000]).toBe(100_000);
  });

  it('takes an empty graph', () => {
    expect(ranksOf({ dependencies: [] })).toHaveLength(0);
  });

  it('names the tasks of a circle', () => {
    const error = errorOf(() => ranksOf({ dependencies: [[], [3], [1], [2, 0]] }));
    expect(isGridError(error, 'GRID_GRAPH_CYCLE') && error.details['path']).toEqual([1, 3, 2, 1]);
  });

  it('refuses ids and ranges that do not exist', () => {
    expect(
      isGridError(
        errorOf(() => orderOf(Uint32Array.of(0, 1), Uint32Array.of(7))),
        'GRID_GRAPH_MISSING_KEY',
      ),
    ).toBe(true);
    expect(
      isGridError(
        errorOf(() => orderOf(Uint32Array.of(2, 1), Uint32Array.of(0, 0))),
        'GRID_GRAPH_MISSING_KEY',
      ),
    ).toBe(true);
    expect(
      isGridError(
        errorOf(() => orderOf(Uint32Array.of(0, 9), Uint32Array.of(0))),
        'GRID_GRAPH_MISSING_KEY',
      ),
    ).toBe(true);
  });
});

describe('order', () => {
  it('gives every key its place', () => {
    const builder = new GraphBuilder();
    const a = builder.data('a', 1);
    const b = builder.data('b', 2);
    builder.call('sum', (x: number, y: number) => x + y, [b, a]);
    const places = order(builder.build());
    expect([...places.keys()]).toEqual(['a', 'b', 'sum']);
    expect(places.get(asKey('sum'))).toBe(2);
  });

  it('leaves out what the graph does not have, and names the keys of a circle', () => {
    expect(order(TaskGraph.of([dataSpec('a', refTo(asKey('elsewhere')))])).get(asKey('a'))).toBe(0);
    const error = errorOf(() =>
      order(TaskGraph.of([dataSpec('a', refTo(asKey('b'))), dataSpec('b', refTo(asKey('a')))])),
    );
    expect(isGridError(error, 'GRID_GRAPH_CYCLE') && error.details['path']).toEqual(['a', 'b', 'a']);
  });
});

/** A binary tree whose leaves are split at places that `weights` choose. */
function randomTree(weights: readonly number[]): Dag {
  const dependencies: number[][] = [];
  const build = (low: number, high: number): number => {
    if (high - low <= 1) return dependencies.push([]) - 1;
    const split = low + 1 + Math.min(high - low - 2, Math.floor((weights[low] ?? 0) * (high - low - 1)));
    const right = build(split, high);
    const left = build(low, split);
    return dependencies.push([left, right]) - 1;
  };
  build(0, weights.length);
  return { dependencies };
}
