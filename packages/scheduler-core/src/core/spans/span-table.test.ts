import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { STATE } from '../task-state.js';
import { SpanTable } from './span-table.js';

const path = (...names: string[]): { id: string; name: string }[] => names.map((name) => ({ id: name, name }));

describe('SpanTable', () => {
  it('finds a span by its id, and puts it into the one of the task that submits', () => {
    const spans = new SpanTable();
    const inner = spans.enter(null, path('a', 'b'), 5);
    expect(inner).toMatchObject({ name: 'b', enqueuedAt: 5, parent: { name: 'a', parent: null } });
    expect(spans.enter(null, path('a', 'b'), 9)).toBe(inner);
    expect(spans.enter(inner, path('c'), 9)).toMatchObject({ name: 'c', parent: inner });
    expect(spans.enter(inner, null, 9)).toBe(inner);
    expect(spans.enter(null, null, 9)).toBeNull();
    expect(Array.from(spans.all, ({ name }) => name)).toEqual(['a', 'b', 'c']);
  });

  it('forgets the oldest of those that are over, and never one that tasks or other spans are in', () => {
    const spans = new SpanTable(3);
    const busy = spans.enter(null, path('busy'), 0);
    busy?.join();
    spans.enter(null, path('outer', 'inner'), 0);
    expect(spans.enter(null, path('new'), 0)?.name).toBe('new');
    expect(Array.from(spans.all, ({ name }) => name)).toEqual(['busy', 'outer', 'new']);
    spans.enter(null, path('newer'), 0);
    expect(Array.from(spans.all, ({ name }) => name)).toEqual(['busy', 'new', 'newer']);
  });

  it('counts tasks to what is around where there is no room', () => {
    const spans = new SpanTable(1);
    const outer = spans.enter(null, path('outer'), 0);
    outer?.join();
    expect(spans.enter(null, path('outer', 'inner'), 0)).toBe(outer);
    expect(spans.enter(null, path('other'), 0)).toBeNull();
  });

  it('has no spans beyond a depth', () => {
    const spans = new SpanTable();
    const names = Array.from({ length: 100 }, (_, index) => `span-${String(index)}`);
    expect(spans.enter(null, path(...names), 0)?.name).toBe('span-63');
  });

  it('never has more than its limit, and knows the parents of all it has', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const paths = fc.array(fc.uniqueArray(name, { minLength: 1, maxLength: 3 }), { maxLength: 40 });
    fc.assert(
      fc.property(paths, fc.integer({ min: 1, max: 6 }), (given, max) => {
        const spans = new SpanTable(max);
        for (const names of given)
          spans.enter(null, path(...names.map((_, at) => names.slice(0, at + 1).join('/'))), 0);
        const all = [...spans.all];
        expect(all.length).toBeLessThanOrEqual(max);
        for (const span of all) {
          expect(span.parent === null || all.includes(span.parent)).toBe(true);
          expect(span.childCount).toBe(all.filter(({ parent }) => parent === span).length);
        }
      }),
    );
  });
});

describe('SpanRecord', () => {
  it('adds up the runs of its tasks by prefix', () => {
    const span = new SpanTable().enter(null, path('a'), 0);
    span?.ran('load', { startMs: 100, durationMs: 10, nbytes: 8 }, 0);
    span?.ran('load', { startMs: 90, durationMs: 5, nbytes: null }, 1024);
    span?.ran('sum', { startMs: 200, durationMs: 1, nbytes: 4 }, 0);
    expect(span).toMatchObject({ startMs: 90, stopMs: 201 });
    expect(Object.fromEntries(span?.prefixes ?? [])).toEqual({
      load: { finished: 1, failed: 1, durationMs: 15, outputBytes: 8, transferredBytes: 1024 },
      sum: { finished: 1, failed: 0, durationMs: 1, outputBytes: 4, transferredBytes: 0 },
    });
  });

  it('counts bytes for as long as they are in memory', () => {
    const span = new SpanTable().enter(null, path('a'), 0);
    span?.join();
    span?.step(STATE.released, STATE.memory, 100);
    expect([span?.storedBytes, span?.isOver]).toEqual([100, false]);
    span?.step(STATE.memory, STATE.forgotten, 100);
    expect([span?.storedBytes, span?.isOver]).toEqual([0, true]);
  });
});
