import { describe, expect, it } from '@jest/globals';

import { FrameTable } from './frame.js';
import { readProfile, type ProfileCycle, type SampleRules } from './read-profile.js';
import type { ProfileTree, TreeNode } from './profile-tree.js';
import type { V8Node, V8Profile } from './v8-profile.js';

const RULES: SampleRules = {
  markOf: (url) => (url.startsWith('mark:') ? url.slice(5) : undefined),
  prefixOf: ({ url, name }) => (url === 'user.ts' ? `by ${name}` : undefined),
};

function node(id: number, functionName: string, url: string, children: readonly number[] = []): V8Node {
  return { id, callFrame: { functionName, url, lineNumber: 4, columnNumber: 0 }, children };
}

/** A profile of these nodes with a sample every 10 ms; the first one is of what has begun it. */
function profileOf(nodes: readonly V8Node[], found: readonly number[]): V8Profile {
  const samples = [1, ...found];
  const timeDeltas = samples.map((_, i) => (i === 0 ? 0 : 10_000));
  return { nodes, startTime: 5, endTime: 5 + samples.length * 10_000, samples, timeDeltas };
}

function read(nodes: readonly V8Node[], found: readonly number[], rules = RULES, startedAt = 0): ProfileCycle[] {
  return readProfile(profileOf(nodes, found), { frames: new FrameTable(), startedAt, cycleMs: 1000 }, rules);
}

function printed(tree: ProfileTree | undefined): string[] {
  const lines: string[] = [];
  const print = ({ frame, count, ms, children }: TreeNode, depth: number): void => {
    lines.push(`${' '.repeat(depth)}${frame.name} ${String(count)} ${String(ms)}`);
    for (const child of children?.values() ?? []) print(child, depth + 1);
  };
  for (const root of tree?.roots.values() ?? []) print(root, 0);
  return lines;
}

const NODES = [
  node(1, '(root)', '', [2, 7, 9]),
  node(2, 'onmessage', 'thread.js', [3, 5]),
  node(3, '', 'mark:inc', [4]),
  node(4, 'inc', 'user.ts'),
  node(5, '', 'mark:add', [6]),
  node(6, 'add', 'user.ts', [10]),
  node(7, 'tick', 'thread.js', [8]),
  node(8, 'later', 'user.ts'),
  node(9, '(garbage collector)', ''),
  node(10, 'helper', 'user.ts'),
];

describe('a profile of V8', () => {
  it('is read into a tree for each prefix, without what is above its mark', () => {
    const [cycle] = read(NODES, [4, 4, 10, 6]);
    expect([...(cycle?.trees.keys() ?? [])].sort()).toEqual(['add', 'inc']);
    expect(printed(cycle?.trees.get('inc'))).toEqual(['inc 2 20']);
    expect(printed(cycle?.trees.get('add'))).toEqual(['add 1 10', ' helper 1 10']);
  });

  it('is asked about by the outermost call that is not left out where nothing marks it', () => {
    const [cycle] = read(NODES, [8, 2, 7]);
    expect([...(cycle?.trees.keys() ?? [])]).toEqual(['by later']);
    expect(printed(cycle?.trees.get('by later'))).toEqual(['later 1 10']);
  });

  it('counts collections for what ran before them, and for nothing if that is left out', () => {
    const [cycle] = read(NODES, [4, 9, 9, 2, 9]);
    expect(printed(cycle?.trees.get('inc'))).toEqual(['inc 1 10', ' (garbage collector) 2 20']);
    expect(cycle?.trees.size).toBe(1);
  });

  it('tells cycles apart by the times of samples', () => {
    const cycles = read(
      NODES,
      Array.from({ length: 150 }, () => 4),
      RULES,
      60_000,
    );
    expect(cycles.map(({ cycle }) => cycle)).toEqual([60, 61]);
    expect(cycles.flatMap(({ trees }) => printed(trees.get('inc')))).toEqual(['inc 99 990', 'inc 51 510']);
  });

  it('says which functions stand below a mark', () => {
    const found: string[] = [];
    read(NODES, [], { ...RULES, onMarked: ({ name }, prefix) => found.push(`${prefix}: ${name}`) });
    expect(found.sort()).toEqual(['add: add', 'inc: inc']);
  });

  it('that is empty has nothing', () => {
    expect(read([], [])).toEqual([]);
    expect(read([node(1, '(root)', '')], [1, 1])).toEqual([]);
  });
});
