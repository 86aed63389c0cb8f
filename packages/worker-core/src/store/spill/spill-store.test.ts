import { readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { asBytes } from '@grid/common';
import { decodeValue, encodeValue } from '@grid/protocol';
import { afterAll, describe, expect, it } from '@jest/globals';

import { describeStoreCompliance } from '../../testing/store-compliance.js';
import { TestFolder } from '../../testing/test-folder.js';
import type { DiskState, StoredValue } from '../data-store.js';
import { isShared } from '../shared-bytes.js';
import { createLocalDirectory } from './local-directory.js';
import { SpillStore, type SpillOptions } from './spill-store.js';

const folder = new TestFolder();
const open: SpillStore[] = [];

interface Told {
  readonly evicted: number[];
  readonly lost: number[];
  readonly disk: DiskState[];
  readonly used: string[];
}

function createStore(options: Partial<SpillOptions> = {}): SpillStore & { readonly told: Told } {
  const store = new SpillStore({
    targetBytes: null,
    maxSpill: null,
    createFolder: () => createLocalDirectory(folder.path),
    ...options,
  });
  const told: Told = { evicted: [], lost: [], disk: [], used: [] };
  store.listen({
    onEvicted: (taskId) => told.evicted.push(taskId),
    onLost: (taskId) => told.lost.push(taskId),
    onEvictionEnd: () => {},
    onDiskUse: (activity, ms, nbytes) => told.used.push(`${activity} ${String(nbytes)} ${String(ms >= 0)}`),
    onDiskChange: (state) => told.disk.push(state),
  });
  open.push(store);
  return Object.assign(store, { told });
}

afterAll(async () => {
  await Promise.all(open.map((store) => store.close()));
  folder[Symbol.dispose]();
});

describeStoreCompliance('SpillStore', () => createStore());
describeStoreCompliance('SpillStore with hardly any memory', () => createStore({ targetBytes: asBytes(1000) }));

const large = (fill: number): ReturnType<typeof encodeValue> => encodeValue(new Uint8Array(100_000).fill(fill));

async function readBack(store: SpillStore, taskId: number): Promise<unknown> {
  const value = (await store.load([taskId])).get(taskId);
  return value === undefined ? undefined : decodeValue(value.payload);
}

/** The files with values, of whichever worker. */
function files(): string[] {
  return readdirSync(folder.path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

describe('SpillStore', () => {
  it('moves what was used least recently first, until there is no more than the target', async () => {
    const store = createStore({ targetBytes: asBytes(250_000) });
    store.put(1, 'a', large(1));
    store.put(2, 'b', large(2));
    store.get(1);
    store.put(3, 'c', large(3));
    await store.evict(0);
    expect(store.told.evicted).toEqual([2]);
    expect(store.get(2)).toBeUndefined();
    expect(store.spilledCount).toBe(1);
    expect(await readBack(store, 2)).toEqual(new Uint8Array(100_000).fill(2));
    await store.evict(0);
    expect(store.told.evicted).toEqual([2, 1]);
  });

  it('brings large parts back into shared memory', async () => {
    const store = createStore();
    store.put(1, 'a', large(1));
    await store.evict(1);
    const value = (await store.load([1])).get(1) as StoredValue;
    expect(isShared(value.payload.buffers[0] as Uint8Array)).toBe(true);
  });

  it('finds a value that is put in anew while it is on its way back', async () => {
    const store = createStore();
    store.put(1, 'a', large(1));
    store.put(2, 'b', large(2));
    await store.evict(200_000);
    // The second read waits for the first one.
    const both = store.load([1, 2]);
    store.put(2, 'b', large(2));
    expect([...(await both).keys()].sort()).toEqual([1, 2]);
    expect(store.told.lost).toEqual([]);
  });

  it('tells what it reads and writes', async () => {
    const store = createStore();
    const nbytes = store.put(1, 'a', large(1));
    await store.evict(1);
    expect(store.told.used).toEqual([`disk-write ${String(nbytes)} true`]);
    await store.load([1]);
    expect(store.told.used.slice(1)).toEqual([`disk-read ${String(nbytes)} true`]);
  });

  it('leaves values alone whose place on disk would cost as much as they do', async () => {
    const store = createStore({ targetBytes: asBytes(10) });
    for (let taskId = 0; taskId < 20; taskId += 1) store.put(taskId, 'small', encodeValue(taskId));
    expect(await store.evict(1000)).toBe(0);
    expect(store.spilledCount).toBe(0);
  });

  it('keeps its files from other users, and leaves none behind', async () => {
    const place = new TestFolder();
    const store = createStore({ createFolder: () => createLocalDirectory(place.path) });
    store.put(1, 'a', large(1));
    await store.evict(1);
    const entries = readdirSync(place.path, { recursive: true, withFileTypes: true });
    const modes = entries.map((entry) => {
      const { mode } = statSync(join(entry.parentPath, entry.name));
      return [entry.isFile() ? 'file' : 'folder', (mode & 0o777).toString(8)];
    });
    expect(modes).toEqual(
      expect.arrayContaining([
        ['folder', '700'],
        ['file', '600'],
      ]),
    );
    expect(modes.every(([kind, mode]) => mode === (kind === 'file' ? '600' : '700'))).toBe(true);
    await store.close();
    expect(readdirSync(place.path, { recursive: true, withFileTypes: true }).some((entry) => entry.isFile())).toBe(
      false,
    );
    place[Symbol.dispose]();
  });

  it.each([
    ['torn', (file: string): void => truncateSync(file, 50_000)],
    ['overwritten', (file: string): void => writeFileSync(file, Buffer.alloc(120_000, 7), { flag: 'r+' })],
  ])('gives up a value whose file was %s, and never gives a wrong one', async (_, damage) => {
    const before = new Set(files());
    const store = createStore();
    store.put(1, 'a', large(1));
    await store.evict(1);
    for (const file of files()) if (!before.has(file)) damage(file);
    expect(await readBack(store, 1)).toBeUndefined();
    expect(store.told.lost).toEqual([1]);
    expect([store.count, store.nbytes, store.spilledBytes]).toEqual([0, 0, 0]);
    store.put(1, 'a', large(5));
    expect(await readBack(store, 1)).toEqual(new Uint8Array(100_000).fill(5));
  });

  it('keeps in memory what the disk does not take, says so once, and goes on when it does', async () => {
    const place = new TestFolder();
    let isFull = true;
    const store = createStore({
      createFolder: async () => {
        if (isFull) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
        return createLocalDirectory(place.path);
      },
    });
    store.put(1, 'a', large(1));
    expect(await store.evict(1)).toBe(0);
    expect(await store.evict(1)).toBe(0);
    expect(store.diskState).toBe('failing');
    expect(decodeValue((store.get(1) as StoredValue).payload)).toEqual(new Uint8Array(100_000).fill(1));
    isFull = false;
    expect(await store.evict(1)).toBeGreaterThan(0);
    expect(store.told.disk).toEqual(['failing', 'ok']);
    await store.close();
    rmSync(place.path, { recursive: true });
  });

  it('keeps no more on disk than it may, and lets copies of what is in memory go for that', async () => {
    const store = createStore({ maxSpill: asBytes(150_000) });
    store.put(1, 'a', large(1));
    await store.evict(1);
    await store.load([1]);
    store.put(2, 'b', large(2));
    store.get(1);
    expect(await store.evict(1)).toBeGreaterThan(0);
    expect(store.told.evicted).toEqual([1, 2]);
    expect(await store.evict(1)).toBe(0);
    expect(store.diskState).toBe('limit-reached');
    expect(store.get(1)).toBeDefined();
  });

  it('writes a value once, however often it goes and comes back', async () => {
    const store = createStore({ maxSpill: asBytes(150_000) });
    store.put(1, 'a', large(1));
    for (let round = 0; round < 5; round += 1) {
      expect(await store.evict(1)).toBeGreaterThan(0);
      expect(await readBack(store, 1)).toEqual(new Uint8Array(100_000).fill(1));
    }
    expect(store.diskState).toBe('ok');
  });
});
