import { afterEach, describe, expect, it } from '@jest/globals';

import { buildThreadEntry } from '../testing/build-thread-entry.js';
import { describeExecutorCompliance } from '../testing/executor-compliance.js';
import { ExecutorHarness, type Outcome } from '../testing/executor-harness.js';
import { MemoryStore } from '../store/memory-store.js';
import { workerThreadStarter, type WorkerThreadOptions } from './start-worker-thread.js';
import { ThreadPoolExecutor } from './thread-pool-executor.js';

let entry: Promise<URL> | undefined;
const testEntry = (): Promise<URL> =>
  (entry ??= buildThreadEntry(new URL('../testing/thread-entry-of-tests.ts', import.meta.url)));

describeExecutorCompliance(
  'an executor of threads',
  async () =>
    new ThreadPoolExecutor(
      { threads: 2, root: process.cwd() },
      { startThread: workerThreadStarter({ entry: await testEntry() }) },
    ),
);

/** Says `now` when it begins to. */
const COMPUTES_AFTER_WAITING = `async () => {
  const task = globalThis[Symbol.for('grid.task-context')].getStore();
  await new Promise((resolve) => setTimeout(resolve, 20));
  task.log('now');
  for (;;);
}`;

describe('threads', () => {
  const harnesses: ExecutorHarness[] = [];

  async function start(threads: number, options: Omit<WorkerThreadOptions, 'entry'> = {}): Promise<ExecutorHarness> {
    const startThread = workerThreadStarter({ entry: await testEntry(), ...options });
    const poolOptions = { threads, root: process.cwd(), listeningGraceMs: 400 };
    const store = new MemoryStore();
    const harness = new ExecutorHarness(new ThreadPoolExecutor(poolOptions, { startThread }), store);
    harnesses.push(harness);
    await harness.start();
    return harness;
  }

  afterEach(async () => {
    await Promise.all(harnesses.splice(0).map(({ executor }) => executor.close()));
  });

  it('that take the place of others know what was uploaded before', async () => {
    const harness = await start(1);
    harness.setUploads({ data: '/here' });
    const functionId = harness.define('upload data');
    expect(await harness.execute(functionId).ended).toMatchObject({ value: '/here' });
    expect(await harness.run('() => process.exit()')).toMatchObject({ end: 'failure' });
    expect(await harness.execute(functionId).ended).toMatchObject({ value: '/here' });
  });

  it('of an executor run only the tasks that name it, and those of none never run them', async () => {
    const startThread = workerThreadStarter({ entry: await testEntry() });
    const options = { threads: 2, root: process.cwd(), executors: { gpu: 1, io: 1 } };
    const harness = new ExecutorHarness(new ThreadPoolExecutor(options, { startThread }), new MemoryStore());
    harnesses.push(harness);
    harness.reruns = true;
    await harness.start();
    const functionId = harness.define('() => (globalThis.name ??= String(Math.random()))');
    const namesIn = async (executor: string): Promise<Set<unknown>> => {
      const runs = Array.from({ length: 20 }, () => harness.execute(functionId, [], { executor }).ended);
      return new Set((await Promise.all(runs)).map(({ value }) => value));
    };
    const [gpu, io, others] = [await namesIn('gpu'), await namesIn('io'), await namesIn('')];
    expect([gpu.size, io.size]).toEqual([1, 1]);
    expect([...gpu, ...io].filter((name) => others.has(name))).toEqual([]);
    expect(await harness.run('() => process.exit()', [], { executor: 'gpu' })).toMatchObject({ end: 'failure' });
    const again = await namesIn('gpu');
    expect([again.size, ...[...again].filter((name) => others.has(name) || io.has(name) || gpu.has(name))]).toEqual([
      1,
    ]);
  });

  it('that do not start any more, where others have ended, are told of', async () => {
    const startThread = workerThreadStarter({ entry: await testEntry() });
    let isWell = true;
    const executor = new ThreadPoolExecutor(
      { threads: 1, root: process.cwd() },
      {
        startThread(setup, events) {
          if (isWell) return startThread(setup, events);
          queueMicrotask(() => events.onEnd(new RangeError('no memory for a thread')));
          return { post() {}, terminate: () => Promise.resolve() };
        },
      },
    );
    const harness = new ExecutorHarness(executor, new MemoryStore());
    harnesses.push(harness);
    await harness.start();
    isWell = false;
    expect(await harness.run('() => process.exit()')).toMatchObject({ end: 'failure' });
    await harness.told('broken GRID_WORKER_THREAD_FAILED');
  });

  it('end a task that never returns, and the next ones run', async () => {
    const harness = await start(1);
    const { taskId, ended } = harness.execute(harness.define('() => { for (;;); }'));
    await harness.told(`overdue ${String(taskId)}`);
    harness.stop(taskId);
    expect(await ended).toEqual({ end: 'returned' });
    expect(await harness.run('() => 1')).toMatchObject({ value: 1 });
  });

  it('end a task that computes for longer than its time', async () => {
    const harness = await start(1);
    const { error } = await harness.run('() => { for (;;); }', [], { timeoutMs: 30 });
    expect((error as { code: string }).code).toBe('GRID_WORKER_TASK_TIMEOUT');
  });

  it.each([
    ['computes', '() => { for (;;); }', 'overdue'],
    ['waits', '() => new Promise(() => {})', 'suspended'],
    ['computes after it has waited', COMPUTES_AFTER_WAITING, 'log info now'],
  ])('let go of a task that %s within 100 ms of the request to stop it', async (_, text, told) => {
    const harness = await start(1);
    const times: number[] = [];
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const { taskId, ended } = harness.execute(harness.define(text));
      await harness.told(told.startsWith('log') ? `${told} task-${String(taskId)}` : `${told} ${String(taskId)}`);
      const begin = performance.now();
      harness.stop(taskId);
      expect(await ended).toEqual({ end: 'returned' });
      times.push(performance.now() - begin);
    }
    // The quickest of them: on a machine that does other things as well any single one may wait for a core.
    expect(Math.min(...times)).toBeLessThan(100);
    expect(await harness.run('() => 1')).toMatchObject({ value: 1 });
  });

  it('leave a task that has asked for its signal the time to end in order', async () => {
    const harness = await start(1);
    const listening = `(ms) => new Promise((resolve) => {
      const { signal } = globalThis[Symbol.for('grid.task-context')].getStore();
      signal.addEventListener('abort', () => setTimeout(() => resolve('in order'), ms));
    })`;
    const [orderly, late] = [0, 1].map((index) => harness.execute(harness.define(listening), [index * 60_000 + 150]));
    for (const run of [orderly, late]) await harness.told(`suspended ${String(run?.taskId)}`);
    for (const run of [orderly, late]) harness.stop(run?.taskId ?? 0);
    expect(await orderly?.ended).toMatchObject({ end: 'success', value: 'in order' });
    expect(await late?.ended).toEqual({ end: 'returned' });
  });

  it('do not disturb a task that computes when one that waits beside it is stopped', async () => {
    const harness = await start(1);
    const waiting = harness.execute(harness.define('() => new Promise(() => {})'));
    await harness.told(`suspended ${String(waiting.taskId)}`);
    const text = '() => { const end = Date.now() + 300; while (Date.now() < end); return 7; }';
    const computing = harness.execute(harness.define(text));
    await harness.told(`overdue ${String(computing.taskId)}`);
    harness.stop(waiting.taskId);
    expect(await waiting.ended).toEqual({ end: 'returned' });
    expect(await computing.ended).toMatchObject({ end: 'success', value: 7 });
  });

  it.each([0, 1])('run what is behind a task that never lets go after it has waited, %d beside it', async (beside) => {
    const harness = await start(1);
    const waiting = Array.from({ length: beside }, () =>
      harness.execute(harness.define('() => new Promise(() => {})')),
    );
    for (const { taskId } of waiting) await harness.told(`suspended ${String(taskId)}`);
    const stuck = harness.execute(harness.define(COMPUTES_AFTER_WAITING));
    await harness.told(`log info now task-${String(stuck.taskId)}`);
    const behind = harness.execute(harness.define('() => 1'));
    harness.stop(stuck.taskId);
    expect(await stuck.ended).toEqual({ end: 'returned' });
    expect(await behind.ended).toMatchObject({ end: 'success', value: 1 });
  });

  it('run what is begun in the moment in which one that waits is given up', async () => {
    const harness = await start(1);
    const waiting = harness.execute(harness.define('() => new Promise(() => {})'));
    await harness.told(`suspended ${String(waiting.taskId)}`);
    const next = new Promise<Outcome>((resolve) => {
      harness.onEnd = (taskId) => {
        if (taskId === waiting.taskId) resolve(harness.execute(harness.define('() => 2')).ended);
      };
    });
    harness.stop(waiting.taskId);
    expect(await waiting.ended).toEqual({ end: 'returned' });
    expect(await next).toMatchObject({ end: 'success', value: 2 });
  });

  it('give back what waits beside a task that never lets go after it has waited', async () => {
    const harness = await start(1);
    const waiting = harness.execute(harness.define('() => new Promise(() => {})'));
    await harness.told(`suspended ${String(waiting.taskId)}`);
    const stuck = harness.execute(harness.define(COMPUTES_AFTER_WAITING));
    await harness.told(`log info now task-${String(stuck.taskId)}`);
    harness.stop(stuck.taskId);
    expect(await stuck.ended).toEqual({ end: 'returned' });
    expect(await waiting.ended).toEqual({ end: 'returned' });
  });

  it('tell of what has ended before they begin a task that may take long', async () => {
    const harness = await start(1);
    const [quick, slow] = [
      harness.define('(x) => x'),
      harness.define('(ms) => { for (const end = Date.now() + ms; Date.now() < end; ); }'),
    ];
    await Promise.all([harness.execute(quick, [1]).ended, harness.execute(slow, [5]).ended]);
    const first = harness.execute(quick, [2]);
    const endless = harness.execute(slow, [1e9]);
    expect(await first.ended).toMatchObject({ value: 2 });
    harness.stop(endless.taskId);
    expect(await endless.ended).toEqual({ end: 'returned' });
  });

  it('give back what waits behind a slow task', async () => {
    const harness = await start(1);
    const slow = harness.execute(
      harness.define('() => { const end = Date.now() + 150; while (Date.now() < end); return 1; }'),
    );
    const quick = harness.execute(harness.define('() => 2'));
    expect(await quick.ended).toEqual({ end: 'returned' });
    expect(harness.notes).toContain(`overdue ${String(slow.taskId)}`);
    expect(await slow.ended).toMatchObject({ value: 1 });
  });

  it('are joined by another when a task that computes leaves its slot', async () => {
    const harness = await start(1);
    harness.reruns = true;
    const text = `() => {
      globalThis[Symbol.for('grid.task-context')].getStore().secede();
      for (;;);
    }`;
    const slow = harness.execute(harness.define(text));
    expect(await harness.run('() => 2')).toMatchObject({ value: 2 });
    expect(harness.notes).toContain(`seceded ${String(slow.taskId)}`);
    harness.stop(slow.taskId);
    expect(await slow.ended).toEqual({ end: 'returned' });
  });

  it('take back a task that has not begun, without ending the one before it', async () => {
    const harness = await start(1);
    const slow = harness.execute(
      harness.define('() => { const end = Date.now() + 50; while (Date.now() < end); return 1; }'),
    );
    const queued = harness.execute(harness.define('() => 2'));
    harness.stop(queued.taskId);
    expect(await queued.ended).toEqual({ end: 'returned' });
    expect(await slow.ended).toMatchObject({ end: 'success', value: 1 });
  });

  it.each([
    ['() => process.exit(3)', 'GRID_WORKER_THREAD_LOST'],
    [
      '() => { setTimeout(() => { throw new Error("later") }); return new Promise(() => {}) }',
      'GRID_WORKER_THREAD_LOST',
    ],
  ])('are replaced when %s ends one', async (text, code) => {
    const harness = await start(1);
    const { error } = await harness.run(text);
    expect((error as { code: string }).code).toBe(code);
    expect(await harness.run('() => 1')).toMatchObject({ value: 1 });
  });

  it('are replaced when a task uses up the memory of one', async () => {
    const harness = await start(1, { resourceLimits: { maxOldGenerationSizeMb: 32 } });
    const { error } = await harness.run('() => { const all = []; for (;;) all.push({ all: [...all.slice(-100)] }); }');
    const { code, details } = error as { code: string; details: { heapLimit: number } };
    expect(code).toBe('GRID_TASK_OUT_OF_MEMORY');
    expect(details.heapLimit).toBeGreaterThan(32 * 2 ** 20);
    expect(await harness.run('() => 1')).toMatchObject({ value: 1 });
  }, 30_000);

  it('are replaced each, however many tasks end theirs at the same time', async () => {
    const harness = await start(6);
    const exit = harness.define('() => process.exit()');
    const ended = await Promise.all(Array.from({ length: 6 }, () => harness.execute(exit).ended));
    expect(ended.map(({ end }) => end)).toEqual(new Array(6).fill('failure'));
    const one = harness.define('() => 1');
    const after = await Promise.all(Array.from({ length: 12 }, () => harness.execute(one).ended));
    // On a busy machine some are given back, to be run elsewhere; none is lost.
    expect(after.filter(({ end }) => end !== 'success' && end !== 'returned')).toEqual([]);
    expect(await harness.run('() => 1')).toMatchObject({ value: 1 });
  }, 30_000);

  it('give back what waited for promises beside a task that ended its thread', async () => {
    const harness = await start(1);
    const waiting = harness.execute(harness.define('() => new Promise(() => {})'));
    await harness.told(`suspended ${String(waiting.taskId)}`);
    await harness.run('() => process.exit(1)');
    expect(await waiting.ended).toEqual({ end: 'returned' });
  });

  it('run a function outside of tasks while all of them are busy', async () => {
    const harness = await start(1);
    const busy = harness.execute(harness.define('() => { for (;;); }'));
    const { value } = await harness.call('() => 5', []);
    expect(value).not.toBeNull();
    harness.stop(busy.taskId);
    await busy.ended;
  });

  it('fail to start with a code when their file is not there', async () => {
    const startThread = workerThreadStarter({ entry: new URL('file:///does/not/exist.mjs') });
    const store = new MemoryStore();
    const harness = new ExecutorHarness(new ThreadPoolExecutor({ threads: 1, root: '/' }, { startThread }), store);
    await expect(harness.start()).rejects.toMatchObject({ code: 'GRID_WORKER_THREAD_FAILED' });
    await harness.executor.close();
  });
});
