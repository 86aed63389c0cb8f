import { readdirSync } from 'node:fs';

import { until } from '@grid/integration-tests/support/until.js';
import { describe, expect, it } from '@jest/globals';

import { Arena } from './support/arena.js';
import { noSmallDisk, SmallDisk } from './support/small-disk.js';

const MIB = 2 ** 20;
const PIECES = Array.from({ length: 32 }, (_, index) => index);

if (noSmallDisk !== null) {
  process.stderr.write(`chaos: full disks are SKIPPED, no file system of a few MiB can be had: ${noSmallDisk}\n`);
}

(noSmallDisk === null ? describe : describe.skip)('a disk that is full while results are written to it', () => {
  it('has workers wait for room, and say so, but costs no result', async () => {
    using disk = new SmallDisk(20);
    const options = { memoryLimit: '512 MiB', memoryTargetFraction: 0.1, localDirectory: disk.path };
    await using arena = await Arena.open(options);
    // 256 MiB of results, where two workers keep 51 MiB each, and another 20 fit on the disk; slowly enough to be seen coming.
    const pieces = arena.client.starmap(
      (index: number, bytes: number) => {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 40);
        return new Float64Array(bytes / 8).fill(index);
      },
      PIECES.map((index) => [index, 8 * MIB] as const),
    );
    await until('both workers wait', async () => {
      const { workers } = await arena.client.schedulerInfo();
      return Object.values(workers).every(({ status }) => status === 'paused');
    });
    await expect(arena.client.wait(pieces, { timeout: 100 })).rejects.toMatchObject({
      code: 'GRID_CLIENT_TIMEOUT',
      message: expect.stringMatching(/paused/),
    });
    await until('heartbeats tell that something was written', async () => {
      const { workers } = await arena.client.schedulerInfo();
      return Object.values(workers).some(({ metrics }) => (metrics.memoryBreakdown?.spilled ?? 0) >= 8 * MIB);
    });
    // Whoever takes results away makes room for others.
    const seen: number[] = [];
    for await (const piece of arena.client.asCompleted(pieces, { timeout: 30_000 })) {
      const values = (await piece.result({ timeout: 10_000 })) as Float64Array;
      expect([values.length, values.at(-1)]).toEqual([MIB, values[0]]);
      seen.push(values[0] as number);
      piece.release();
    }
    expect(seen.sort((a, b) => a - b)).toEqual(PIECES);
    await arena.expectNoTasks();
    await arena.expectCleanEnd();
    const left = readdirSync(disk.path, { recursive: true, withFileTypes: true });
    expect(left.filter((entry) => entry.isFile())).toEqual([]);
  });
});
