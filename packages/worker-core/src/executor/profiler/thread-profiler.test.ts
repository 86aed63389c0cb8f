import { afterEach, describe, expect, it } from '@jest/globals';
import type { ProfileTree, TreeNode } from '@grid/profiler';

import { MemoryStore } from '../../store/memory-store.js';
import { buildThreadEntry } from '../../testing/build-thread-entry.js';
import { ExecutorHarness } from '../../testing/executor-harness.js';
import { createTextCodeLoader } from '../../testing/text-code-loader.js';
import { inlineThreadStarter } from '../inline-thread.js';
import { workerThreadStarter } from '../start-worker-thread.js';
import type { StartThread } from '../thread-link.js';
import { ThreadPoolExecutor } from '../thread-pool-executor.js';

const ALL = { prefixes: null, from: -Infinity, to: Infinity };
const OPTIONS = { intervalMs: 2, cycleMs: 100 };
const LOOP = 'function turn() { for (;;); }';

let entry: Promise<URL> | undefined;
const harnesses: ExecutorHarness[] = [];

async function start(startThread?: StartThread): Promise<ExecutorHarness> {
  entry ??= buildThreadEntry(new URL('../../testing/thread-entry-of-tests.ts', import.meta.url));
  const starter = startThread ?? workerThreadStarter({ entry: await entry });
  const executor = new ThreadPoolExecutor({ threads: 1, root: process.cwd() }, { startThread: starter });
  const harness = new ExecutorHarness(executor, new MemoryStore());
  harnesses.push(harness);
  await harness.start();
  return harness;
}

/** Names of the functions in a tree that samples ended in. */
function atWork(tree: ProfileTree | undefined): Set<string> {
  const names = new Set<string>();
  const visit = ({ frame, count, children }: TreeNode): void => {
    if (count > 0) names.add(frame.name);
    for (const child of children?.values() ?? []) visit(child);
  };
  for (const root of tree?.roots.values() ?? []) visit(root);
  return names;
}

/** Looks until samples have found the function at work. */
async function seen({ executor }: ExecutorHarness, name: string): Promise<ReadonlyMap<string, ProfileTree>> {
  for (;;) {
    const trees = await executor.profiler.read(ALL, OPTIONS);
    if ([...trees.values()].some((tree) => atWork(tree).has(name))) return trees;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

afterEach(async () => {
  await Promise.all(harnesses.splice(0).map(({ executor }) => executor.close()));
});

describe('a profile of threads', () => {
  it('begins with the first question, and shows a loop without an end that runs by then', async () => {
    const harness = await start();
    const { taskId } = harness.execute(harness.define(LOOP));
    await harness.told(`overdue ${String(taskId)}`);
    const trees = await seen(harness, 'turn');
    expect([...trees.keys()]).toEqual(['task']);
  });

  it('shows what goes on after an await', async () => {
    const harness = await start();
    await harness.executor.profiler.start(OPTIONS);
    harness.execute(harness.define('async function later() { await null; function spin() { for (;;); } spin(); }'));
    const trees = await seen(harness, 'spin');
    expect([...(trees.get('task')?.roots.keys() ?? [])].map(({ name }) => name)).toContain('later');
  });

  it('goes on with the thread that takes the place of one that was ended', async () => {
    const harness = await start();
    await harness.executor.profiler.start(OPTIONS);
    const first = harness.execute(harness.define(LOOP));
    await seen(harness, 'turn');
    harness.stop(first.taskId);
    expect(await first.ended).toMatchObject({ end: 'returned' });
    harness.execute(harness.define('function other() { for (;;); }'));
    await seen(harness, 'other');
  });

  it('is kept when sampling ends', async () => {
    const harness = await start();
    const { profiler } = harness.executor;
    await profiler.start(OPTIONS);
    harness.execute(harness.define(LOOP));
    await seen(harness, 'turn');
    profiler.stop();
    expect(profiler.isOn).toBe(false);
    expect(atWork((await profiler.read(ALL, OPTIONS)).get('task'))).toContain('turn');
    expect(profiler.isOn).toBe(true);
  });

  it('of tasks that are in no thread of their own cannot be had, and it is said why', async () => {
    const { executor } = await start(inlineThreadStarter(createTextCodeLoader));
    expect(await executor.profiler.start(OPTIONS)).toBe('');
    expect(executor.profiler.isOn).toBe(false);
    expect(executor.profiler.problem).toMatch(/event loop/);
    expect((await executor.profiler.read(ALL, OPTIONS)).size).toBe(0);
  });
});
