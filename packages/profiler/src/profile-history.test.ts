import { describe, expect, it } from '@jest/globals';

import { ProfileHistory, type ProfileQuery } from './profile-history.js';
import { ProfileTree } from './profile-tree.js';
import type { ProfileCycle } from './read-profile.js';

const ALL: ProfileQuery = { prefixes: null, from: -Infinity, to: Infinity };

function cycleOf(
  history: ProfileHistory,
  cycle: number,
  names: Readonly<Record<string, readonly string[]>>,
): ProfileCycle {
  const trees = new Map<string, ProfileTree>();
  for (const [prefix, functions] of Object.entries(names)) {
    const tree = new ProfileTree(1000);
    for (const name of functions) {
      const node = tree.childOf(null, history.frames.of(name, 'file.ts', 1, 1));
      if (node !== null) node.count += 1;
    }
    trees.set(prefix, tree);
  }
  return { cycle, trees };
}

function countsOf(history: ProfileHistory, query = ALL): Record<string, number> {
  const trees = history.read(query);
  return Object.fromEntries(
    Array.from(trees, ([prefix, { roots }]) => [
      prefix,
      [...roots.values()].reduce((sum, { count }) => sum + count, 0),
    ]),
  );
}

describe('a history of profiles', () => {
  it('gives the samples of the prefixes and times that are wanted', () => {
    const history = new ProfileHistory({ cycleMs: 1000 });
    history.add([cycleOf(history, 1, { inc: ['inc'], add: ['add'] }), cycleOf(history, 3, { inc: ['inc', 'inc'] })]);
    expect(countsOf(history)).toEqual({ inc: 3, add: 1 });
    expect(countsOf(history, { ...ALL, prefixes: new Set(['inc']) })).toEqual({ inc: 3 });
    expect(countsOf(history, { ...ALL, from: 2000 })).toEqual({ inc: 2 });
    expect(countsOf(history, { ...ALL, to: 2000 })).toEqual({ inc: 1, add: 1 });
    expect(countsOf(history, { ...ALL, from: 2000, to: 3000 })).toEqual({});
  });

  it('adds up what several threads tell of a cycle, whenever they tell it', () => {
    const history = new ProfileHistory({ cycleMs: 1000 });
    for (const cycle of [5, 4, 5, 3, 4]) history.add([cycleOf(history, cycle, { inc: ['inc'] })]);
    expect(history.nodeCount).toBe(3);
    expect(countsOf(history, { ...ALL, from: 4000, to: 5000 })).toEqual({ inc: 2 });
  });

  it('keeps no more nodes than it may, and lets go of the oldest', () => {
    const history = new ProfileHistory({ cycleMs: 1000, nodesMax: 50 });
    for (let cycle = 0; cycle < 1000; cycle += 1) {
      history.add([cycleOf(history, cycle, { inc: ['a', 'b', 'c', `only ${String(cycle)}`] })]);
      expect(history.nodeCount).toBeLessThanOrEqual(50);
    }
    expect(countsOf(history)).toEqual({ inc: 48 });
    expect(countsOf(history, { ...ALL, to: 980_000 })).toEqual({});
  });

  it('counts what is too much for one tree for its caller', () => {
    const tree = new ProfileTree(2);
    const frame = (name: string): { name: string; url: string; line: number; column: number } => ({
      name,
      url: '',
      line: 1,
      column: 1,
    });
    const outer = tree.childOf(null, frame('outer'));
    const inner = tree.childOf(outer, frame('inner'));
    expect(tree.childOf(inner, frame('innermost'))).toBe(inner);
    expect(tree.childOf(null, frame('another'))).toBeNull();
    expect(tree.nodeCount).toBe(2);
  });
});
