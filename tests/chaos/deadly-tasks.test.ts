import type { GridError } from '@grid/common';
import { rejection } from '@grid/integration-tests/support/rejection.js';
import { note, Tally } from '@grid/integration-tests/support/tally.js';
import { TempFolder } from '@grid/integration-tests/support/temp-folder.js';
import { until } from '@grid/integration-tests/support/until.js';
import { describe, expect, it } from '@jest/globals';

import { Arena } from './support/arena.js';
import { sizeOf, type ProcessSize } from './support/leak-check.js';

const ROUNDS = 6;

/** Does the same again and again; workers must be as large afterwards as they were after the first time. */
async function expectNoGrowth(arena: Arena, act: () => Promise<void>): Promise<void> {
  await act();
  await arena.expectNoTasks();
  const first = arena.pids.map((pid) => [pid, sizeOf(pid)] as const);
  for (let round = 1; round < ROUNDS; round += 1) await act();
  await arena.expectNoTasks();
  const grown = (): string[] => first.flatMap(([pid, size]) => growth(pid, size, sizeOf(pid)));
  await until('workers are as large as they were', () => grown().length === 0).catch(() => {
    expect(grown()).toEqual([]);
  });
}

function growth(pid: number, before: ProcessSize, now: ProcessSize): string[] {
  return (['threads', 'sockets', 'descriptors'] as const)
    .filter((kind) => now[kind] > before[kind])
    .map((kind) => `worker ${String(pid)}: ${String(now[kind])} ${kind}, ${String(before[kind])} before`);
}

describe('tasks that call process.exit', () => {
  it('fail each with the thread that is lost, spare what stands beside them, and leave no thread behind', async () => {
    await using arena = await Arena.open();
    const { pids } = arena;
    await expectNoGrowth(arena, async () => {
      const bad = arena.client.map((code: number) => process.exit(code), [0, 1, 2, 3], { pure: false });
      const good = arena.client.map((x: number) => x * x, [1, 2, 3, 4], { pure: false });
      expect(await arena.client.gather(good, { timeout: 20_000 })).toEqual([1, 4, 9, 16]);
      for (const future of bad) {
        expect(await rejection(future.result({ timeout: 20_000 }))).toMatchObject({ code: 'GRID_WORKER_THREAD_LOST' });
      }
      for (const future of [...bad, ...good]) future.release();
    });
    expect(arena.pids).toEqual(pids);
    await arena.expectCleanEnd();
  });
});

describe('tasks that never end', () => {
  it('are stopped by cancel, and their threads take other tasks', async () => {
    await using arena = await Arena.open();
    using folder = new TempFolder();
    const tally = new Tally(folder.file('tally'));
    await expectNoGrowth(arena, async () => {
      const before = tally.count;
      const loops = arena.client.map(
        (file: string) => {
          note(file, 'loops');
          for (;;);
        },
        [tally.file, tally.file],
        { pure: false },
      );
      await until('both workers loop', () => tally.count === before + 2);
      await arena.client.cancel(loops);
      for (const loop of loops) {
        expect(await rejection(loop.result())).toMatchObject({ code: 'GRID_CLIENT_CANCELLED' });
      }
      const good = arena.client.map((x: number) => x * x, [1, 2, 3, 4], { pure: false });
      expect(await arena.client.gather(good, { timeout: 10_000 })).toEqual([1, 4, 9, 16]);
      for (const future of [...loops, ...good]) future.release();
    });
    await arena.expectCleanEnd();
  });
});

describe('a task that takes all the memory', () => {
  it('of its heap fails alone', async () => {
    await using arena = await Arena.open();
    const { pids } = arena;
    for (let round = 0; round < 2; round += 1) {
      using greedy = arena.client.submit(
        () => {
          const rows: number[][] = [];
          for (;;) rows.push(new Array<number>(1_000_000).fill(1.5));
        },
        [],
        { pure: false },
      );
      expect(await rejection(greedy.result({ timeout: 30_000 }))).toMatchObject({ code: 'GRID_TASK_OUT_OF_MEMORY' });
    }
    const good = arena.client.map((x: number) => x * x, [1, 2, 3, 4], { pure: false });
    expect(await arena.client.gather(good, { timeout: 10_000 })).toEqual([1, 4, 9, 16]);
    for (const future of good) future.release();
    expect(arena.pids).toEqual(pids);
    await arena.expectNoTasks();
    await arena.expectCleanEnd();
  });

  it('of its worker has it killed a few times, and is blamed; what that worker had is computed again', async () => {
    await using arena = await Arena.open({ memoryLimit: '256 MiB', nWorkers: 2 });
    const bystander = arena.pid('1');
    using kept = arena.client.submit((n: number) => new Float64Array(n).fill(3), [50_000], {
      workers: '0',
      allowOtherWorkers: true,
    });
    await kept.result({ timeout: 10_000 });
    const greedy = arena.client.submit(
      () => {
        // On no heap, so that nothing but the process as a whole has a limit for it.
        const buffers: Buffer[] = [];
        for (;;) buffers.push(Buffer.alloc(8 * 2 ** 20, 1));
      },
      [],
      { workers: '0' },
    );
    const error = (await rejection(greedy.result({ timeout: 40_000 }))) as GridError;
    expect(error).toMatchObject({ code: 'GRID_SCHEDULER_KILLED_WORKER', details: { key: greedy.key, deaths: 4 } });
    expect(arena.pid('1')).toBe(bystander);
    const again = arena.client.submit((xs: Float64Array) => xs.reduce((sum, x) => sum + x, 0), [kept]);
    expect(await again.result({ timeout: 20_000 })).toBe(150_000);
    for (const future of [greedy, again, kept]) future.release();
    await arena.expectNoTasks();
    await arena.expectCleanEnd();
  });
});
