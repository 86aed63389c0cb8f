import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { getWorkerAddress } from '@grid/client/task';

import { Gate, holdAtGate } from './support/gate.js';
import { startRig, type Rig } from './support/start-cluster.js';
import { note, Tally } from './support/tally.js';
import { TempFolder } from './support/temp-folder.js';
import { until } from './support/until.js';

let rig: Rig;
let folder: TempFolder;
let files = 0;

const newGate = (): Gate => new Gate(folder.file(`gate-${String((files += 1))}`));
const newTally = (): Tally => new Tally(folder.file(`tally-${String((files += 1))}`));

beforeAll(async () => {
  folder = new TempFolder();
  rig = await startRig({ threadsPerWorker: 2, resources: { GPU: 1 } });
});

afterAll(async () => {
  await rig[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

describe('resources', () => {
  it('let as many tasks run at once as there is of them, and others beside', async () => {
    const [gate, tally] = [newGate(), newTally()];
    const gpu = rig.client.map(
      (n: number) => {
        note(tally.file, `${String(n)} ${getWorkerAddress() ?? ''}`);
        return holdAtGate(gate.file, n);
      },
      [1, 2, 3, 4],
      { resources: { GPU: 1 }, pure: false },
    );
    await until('two tasks have begun', () => tally.count === 2);
    // Two threads are free still: tasks that want nothing get them.
    const plain = rig.client.map((n: number) => n, [5, 6], { pure: false });
    expect(await rig.client.gather(plain)).toEqual([5, 6]);
    expect(new Set(tally.lines.map((line) => line.split(' ')[1])).size).toBe(2);
    expect(tally.count).toBe(2);
    gate.open();
    expect(await rig.client.gather(gpu)).toEqual([1, 2, 3, 4]);
  });
});

describe('stealing', () => {
  it('spreads tasks whose input lies on one worker over all of them', async () => {
    const [first = ''] = Array.from(rig.cluster.workers.values(), ({ address }) => address);
    using data = rig.client.submit(() => 'data', [], { workers: [first], pure: false });
    await data.result();
    const tally = newTally();
    const futures = rig.client.starmap(
      (_data: string, n: number) => {
        note(tally.file, getWorkerAddress() ?? '');
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
        return n;
      },
      Array.from({ length: 24 }, (_, n) => [data, n] as const),
      { pure: false },
    );
    expect(await rig.client.gather(futures)).toHaveLength(24);
    const here = tally.lines.filter((address) => address === first).length;
    expect(tally.count).toBe(24);
    expect(here).toBeLessThan(20);
  });
});
