import { afterEach, describe, expect, it } from '@jest/globals';

import { MemoryStore } from '../store/memory-store.js';
import { buildThreadEntry } from '../testing/build-thread-entry.js';
import { ExecutorHarness } from '../testing/executor-harness.js';
import { createTextCodeLoader } from '../testing/text-code-loader.js';
import type { RunStack } from './executor.js';
import { inlineThreadStarter } from './inline-thread.js';
import { workerThreadStarter } from './start-worker-thread.js';
import type { StartThread } from './thread-link.js';
import { ThreadPoolExecutor } from './thread-pool-executor.js';

const LOOP = '() => { for (;;); }';
const WAIT = '() => new Promise(() => {})';

let entry: Promise<URL> | undefined;
const harnesses: ExecutorHarness[] = [];

async function start(startThread?: StartThread): Promise<ExecutorHarness> {
  entry ??= buildThreadEntry(new URL('../testing/thread-entry-of-tests.ts', import.meta.url));
  const starter = startThread ?? workerThreadStarter({ entry: await entry });
  const executor = new ThreadPoolExecutor({ threads: 1, root: process.cwd() }, { startThread: starter });
  const harness = new ExecutorHarness(executor, new MemoryStore());
  harnesses.push(harness);
  await harness.start();
  return harness;
}

afterEach(async () => {
  await Promise.all(harnesses.splice(0).map(({ executor }) => executor.close()));
});

describe('call stacks', () => {
  const byTask = async ({ executor }: ExecutorHarness, wanted: readonly number[] | null = null) =>
    new Map<number, RunStack>((await executor.callStacks(wanted)).map((stack) => [stack.taskId, stack]));

  it('are of what runs; what waits or has not begun is told from it', async () => {
    const harness = await start();
    const waits = harness.execute(harness.define(WAIT));
    await harness.told(`suspended ${String(waits.taskId)}`);
    const runs = harness.execute(harness.define(LOOP));
    await harness.told(`overdue ${String(runs.taskId)}`);
    const stacks = await byTask(harness);
    expect(stacks.get(waits.taskId)).toMatchObject({ status: 'awaiting', stack: '', problem: '' });
    expect(stacks.get(runs.taskId)).toMatchObject({
      status: 'running',
      stack: expect.stringMatching(/^\s+at /),
      problem: '',
    });
    expect([...(await byTask(harness, [runs.taskId])).keys()]).toEqual([runs.taskId]);
    expect((await byTask(harness, [99])).size).toBe(0);
  });

  it('asked for by several at once are all there, and the task runs on', async () => {
    const harness = await start();
    const { taskId, ended } = harness.execute(
      harness.define('() => { const end = Date.now() + 2000; while (Date.now() < end); return 7; }'),
    );
    await harness.told(`overdue ${String(taskId)}`);
    const all = await Promise.all([byTask(harness), byTask(harness), byTask(harness)]);
    expect(all.map((stacks) => stacks.get(taskId)?.status)).toEqual(['running', 'running', 'running']);
    expect(all.map((stacks) => stacks.get(taskId)?.problem)).toEqual(['', '', '']);
    expect(await ended).toMatchObject({ end: 'success', value: 7 });
  });

  it('do not hold up a task that is in native code, whose stack cannot be had', async () => {
    const harness = await start();
    const { taskId, ended } = harness.execute(
      harness.define(
        `() => process.getBuiltinModule('node:crypto').pbkdf2Sync('a', 'b', 2_500_000, 64, 'sha512').length`,
      ),
    );
    await harness.told(`overdue ${String(taskId)}`);
    expect((await byTask(harness)).get(taskId)).toMatchObject({ status: 'running', stack: '' });
    expect(await ended).toMatchObject({ end: 'success', value: 64 });
    expect(await harness.run('() => 1')).toMatchObject({ value: 1 });
  });

  it('of tasks that are in no thread of their own cannot be had, and it is said why', async () => {
    const harness = await start(inlineThreadStarter(createTextCodeLoader));
    const { taskId } = harness.execute(harness.define(`() => new Promise(() => {})`));
    await harness.told(`suspended ${String(taskId)}`);
    expect((await byTask(harness)).get(taskId)).toMatchObject({ status: 'awaiting' });
  });
});
