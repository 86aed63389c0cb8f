import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { Program } from './support/program.js';
import { startRig, type Rig } from './support/start-cluster.js';
import { Tally } from './support/tally.js';
import { TempFolder } from './support/temp-folder.js';
import { until } from './support/until.js';

let rig: Rig;
let folder: TempFolder;

beforeAll(async () => {
  folder = new TempFolder();
  rig = await startRig();
});

afterAll(async () => {
  await rig[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

describe('a client', () => {
  it.each(['SIGKILL', 'SIGTERM'] as const)(
    'ended by %s takes its tasks along: running ones are stopped, results are freed',
    async (signal) => {
      const tally = new Tally(folder.file(signal));
      await using program = Program.fixture('occupy-a-cluster.mjs', [rig.cluster.schedulerAddress, tally.file], {
        GRID_TOKEN: rig.cluster.token,
      });
      await program.firstJson();
      await until('both workers are in its loops', () => tally.count === 2);
      program.kill(signal);
      await program.ends();
      await until('its tasks are forgotten', async () => {
        const { tasks } = await rig.client.schedulerInfo();
        return Object.values(tasks).every((count) => count === 0);
      });
      // Its loops would never have ended, so both slots are free only if they were stopped.
      const futures = rig.client.map((x: number) => x + 1, [1, 2, 3, 4], { pure: false });
      expect(await rig.client.gather(futures, { timeout: 8000 })).toEqual([2, 3, 4, 5]);
      for (const future of futures) future.release();
      expect(rig.cluster.workers.size).toBe(2);
    },
  );
});
