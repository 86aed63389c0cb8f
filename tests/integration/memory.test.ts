import { readdirSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';

import type { Future, WorkerMemory } from '@grid/client';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { startRig, type Rig } from './support/start-cluster.js';
import { TempFolder } from './support/temp-folder.js';
import { until } from './support/until.js';

const MIB = 2 ** 20;
const PIECE = 8 * MIB;
const PIECES = 64;

const makePiece = (index: number, length: number): Float64Array => new Float64Array(length / 8).fill(index);
const sumOf = (piece: Float64Array): number => piece.reduce((sum, x) => sum + x, 0);

let rig: Rig;
let folder: TempFolder;

beforeEach(async () => {
  folder = new TempFolder();
  rig = await startRig({ memoryLimit: '512 MiB', memoryTargetFraction: 0.2, localDirectory: folder.path });
});

afterEach(async () => {
  await rig[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

function filesOnDisk(): string[] {
  return readdirSync(folder.path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Results that are together much larger than what the workers may keep in memory. */
async function makePieces(): Promise<{ indexes: readonly number[]; pieces: Future<Float64Array>[] }> {
  const indexes = Array.from({ length: PIECES }, (_, index) => index);
  const rows = indexes.map((index) => [index, PIECE] as const);
  const pieces = rig.client.starmap(makePiece, rows);
  await rig.client.wait(pieces, { timeout: 20_000 });
  return { indexes, pieces };
}

describe('results that do not fit into memory', () => {
  it('are kept on disk, come back for tasks, other workers and clients, and leave nothing there', async () => {
    const { indexes, pieces } = await makePieces();
    // 512 MiB of results with a target of 102 MiB on each of two workers: at least 300 MiB must be elsewhere.
    expect(filesOnDisk().length).toBeGreaterThanOrEqual(4);
    const [first] = [...rig.cluster.workers.values()];
    const sums = rig.client.map(sumOf, pieces, { workers: first?.address ?? '' });
    expect(await rig.client.gather(sums, { timeout: 30_000 })).toEqual(indexes.map((index) => (index * PIECE) / 8));
    for (const index of [0, 31, 63]) {
      const piece = (await pieces[index]?.result({ timeout: 8000 })) as Float64Array;
      expect([piece.length, piece[0], piece.at(-1)]).toEqual([PIECE / 8, index, index]);
    }
    await rig.cluster.close();
    expect(filesOnDisk()).toEqual([]);
  });

  it('are computed again when their files are cut off, so that whoever needs them sees nothing of it', async () => {
    const { indexes, pieces } = await makePieces();
    for (const file of filesOnDisk()) truncateSync(file, PIECE / 2);
    const sums = rig.client.map(sumOf, pieces);
    expect(await rig.client.gather(sums, { timeout: 30_000 })).toEqual(indexes.map((index) => (index * PIECE) / 8));
  });
});

describe('more data than all workers have memory', () => {
  it('is made, kept and summed up while no worker exceeds its limit', async () => {
    const indexes = Array.from({ length: 4 * PIECES }, (_, index) => index);
    const pieces = rig.client.starmap(
      makePiece,
      indexes.map((index) => [index, PIECE] as const),
    );
    const sums = rig.client.map(sumOf, pieces);
    expect(await rig.client.gather(sums, { timeout: 60_000 })).toEqual(indexes.map((index) => (index * PIECE) / 8));
    const peaks = [...rig.cluster.workers.values()].map(({ pid }) => peakMemory(pid ?? 0));
    expect(Math.max(...peaks)).toBeLessThan(512 * MIB);
  }, 90_000);

  it('shows in what the scheduler tells of each worker', async () => {
    await makePieces();
    const breakdowns = await until('heartbeats have told of it', async () => {
      const told = await memoryOfWorkers();
      return told.length === 2 && told.every(({ spilled }) => spilled > 50 * MIB) && told;
    });
    for (const { process, managed, unmanaged, unmanagedOld, unmanagedRecent, heap } of breakdowns) {
      expect(process).toBeGreaterThan(managed);
      expect(unmanagedOld + unmanagedRecent).toBe(unmanaged);
      expect(heap).toBeGreaterThan(MIB);
    }
  });
});

async function memoryOfWorkers(): Promise<WorkerMemory[]> {
  const { workers } = await rig.client.schedulerInfo();
  return Object.values(workers).flatMap(({ metrics }) => metrics.memoryBreakdown ?? []);
}

/** The most memory that a process has had, in bytes. */
function peakMemory(pid: number): number {
  const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'));
  return Number(line?.[1]) * 1024;
}
