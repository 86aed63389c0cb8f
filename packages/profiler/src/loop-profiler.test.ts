import { afterEach, describe, expect, it } from '@jest/globals';

import { LoopProfiler } from './loop-profiler.js';
import { markedPrefix, PrefixMarks } from './prefix-marks.js';
import type { ProfileTree, TreeNode } from './profile-tree.js';

const ALL = { prefixes: null, from: -Infinity, to: Infinity };

let profiler: LoopProfiler | undefined;

afterEach(() => profiler?.stop());

function keepBusy(ms: number): number {
  const end = performance.now() + ms;
  let turns = 0;
  while (performance.now() < end) turns += Math.sqrt(turns + 1);
  return turns;
}

function urlsAbove(tree: ProfileTree | undefined, name: string): string[] {
  const urls: string[] = [];
  const visit = ({ frame, children }: TreeNode, above: readonly string[]): void => {
    if (frame.name === name) urls.push(...above);
    for (const child of children?.values() ?? []) visit(child, [...above, frame.url]);
  };
  for (const root of tree?.roots.values() ?? []) visit(root, []);
  return urls;
}

describe('a profile of the event loop', () => {
  it('begins with the first question, shows what the loop does, marks included, and stays when it ends', async () => {
    profiler = new LoopProfiler({ intervalMs: 1, cycleMs: 100 });
    expect(profiler.isOn).toBe(false);
    const reading = profiler.read(ALL);
    await new Promise((resolve) => setTimeout(resolve, 50));
    new PrefixMarks().of('of marks')(() => keepBusy(200), []);
    const urls = urlsAbove((await reading).get(''), 'keepBusy');
    expect(urls.map(markedPrefix)).toContain('of marks');
    expect(profiler.isOn).toBe(true);
    profiler.stop();
    expect(profiler.isOn).toBe(false);
    expect(profiler.problem).toBe('');
  });

  it('has its pieces follow each other without a gap', async () => {
    profiler = new LoopProfiler({ intervalMs: 1, cycleMs: 100 });
    await profiler.start();
    for (let i = 0; i < 5; i += 1) {
      keepBusy(60);
      await profiler.read(ALL);
    }
    const [root] = [...(await profiler.read(ALL)).values()];
    let ms = 0;
    const visit = (node: TreeNode): void => {
      if (node.frame.name === 'keepBusy') ms += node.ms;
      for (const child of node.children?.values() ?? []) visit(child);
    };
    for (const node of root?.roots.values() ?? []) visit(node);
    // What was left out is the first sample of each piece.
    expect(ms).toBeGreaterThan(150);
  });
});
