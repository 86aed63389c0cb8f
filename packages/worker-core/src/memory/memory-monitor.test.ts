import { asBytes, nullLogger } from '@grid/common';
import { encodeValue } from '@grid/protocol';
import { afterAll, expect, it } from '@jest/globals';

import { MemoryStore } from '../store/memory-store.js';
import { createLocalDirectory } from '../store/spill/local-directory.js';
import { SpillStore } from '../store/spill/spill-store.js';
import type { DataStore } from '../store/data-store.js';
import { TestFolder } from '../testing/test-folder.js';
import { MemoryMonitor } from './memory-monitor.js';

const folder = new TestFolder();
const store = new SpillStore({
  targetBytes: null,
  maxSpill: null,
  createFolder: () => createLocalDirectory(folder.path),
});

afterAll(async () => {
  await store.close();
  folder[Symbol.dispose]();
});

function createMonitor(values: DataStore): { monitor: MemoryMonitor; told: string[]; process: { rss: number } } {
  const told: string[] = [];
  const process = { rss: 0 };
  const monitor = new MemoryMonitor(
    { memoryLimit: asBytes(1_000_000), fractions: { target: 0.6, spill: 0.7, pause: 0.8 }, intervalMs: 100 },
    {
      store: values,
      logger: nullLogger,
      threadMemory: () => ({ heap: 10, external: 20 }),
      collect: () => told.push('collect'),
      onPause: (isPaused) => told.push(isPaused ? 'pause' : 'unpause'),
      readRss: () => process.rss,
    },
  );
  return { monitor, told, process };
}

it('moves results to disk when the process has too much, then has memory collected', async () => {
  for (let taskId = 0; taskId < 7; taskId += 1) store.put(taskId, 'a', encodeValue(new Uint8Array(100_000)));
  const { monitor, told, process } = createMonitor(store);
  process.rss = 750_000;
  monitor.look();
  // Waits for what the monitor has started.
  await store.evict(0);
  expect(store.spilledCount).toBe(2);
  await Promise.resolve();
  expect(told).toEqual(['collect']);
});

it('says when the worker is to pause, and when it is to go on, once each', () => {
  const { monitor, told, process } = createMonitor(new MemoryStore());
  for (const rss of [790_000, 810_000, 820_000, 790_000, 700_000, 500_000]) {
    process.rss = rss;
    monitor.look();
  }
  expect(told.filter((what) => what !== 'collect')).toEqual(['pause', 'unpause']);
});

it('tells where the memory is', () => {
  const values = new MemoryStore();
  const managed = values.put(1, 'a', encodeValue(new Uint8Array(100_000)));
  const { monitor, process } = createMonitor(values);
  process.rss = 400_000;
  monitor.look();
  process.rss = 600_000;
  expect(monitor.breakdown()).toMatchObject({
    process: 600_000,
    managed,
    spilled: 0,
    unmanaged: 600_000 - managed,
    unmanagedOld: 400_000 - managed,
    unmanagedRecent: 200_000,
    optimistic: 400_000,
  });
});
