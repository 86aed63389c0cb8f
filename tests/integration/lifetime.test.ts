import { describe, expect, it } from '@jest/globals';

import { Program } from './support/program.js';
import { rejection } from './support/rejection.js';
import { startCluster, startRig } from './support/start-cluster.js';
import { until } from './support/until.js';

describe('a worker with a lifetime', () => {
  it('leaves when its time is up, its results moved before, and another one takes its place', async () => {
    await using rig = await startRig({ lifetime: '2s', lifetimeStagger: '800ms', lifetimeRestart: true });
    const first = new Set(Object.values(await rig.client.run(() => process.pid)));
    // Data that nobody could compute again.
    const data = await rig.client.scatter([1, 2, 3, 4, 5, 6]);
    const ids = rig.client.map((x: number) => x * 10, [1, 2, 3, 4, 5, 6]);
    await rig.client.gather(ids);
    const seen = new Set<number>();
    let sum = 0;
    await until('all workers are others', async () => {
      const futures = rig.client.map((x: number) => [x, process.pid] as const, data, { pure: false });
      const results = await rig.client.gather(futures);
      sum = results.reduce((total, [x]) => total + x, 0);
      for (const [, pid] of results) seen.add(pid);
      for (const future of futures) future.release();
      return [...seen].filter((pid) => !first.has(pid)).length >= 2;
    });
    expect(sum).toBe(21);
    expect(await rig.client.gather(data)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await rig.client.gather(ids)).toEqual([10, 20, 30, 40, 50, 60]);
    expect(rig.cluster.workers.size).toBe(2);
  });

  it('is not started anew unless that is wanted', async () => {
    await using rig = await startRig({ nWorkers: 1, lifetime: '500ms' });
    await until('it is gone', () => rig.cluster.workers.size === 0);
    const { workers } = await rig.client.schedulerInfo();
    expect(workers).toEqual({});
  });

  it('has a time that makes sense', async () => {
    for (const options of [
      { lifetime: 0 },
      { lifetime: '1s', lifetimeStagger: '2s' },
      { lifetime: '1s', lifetimeRestart: true, nanny: false },
    ]) {
      expect(await rejection(startCluster(options))).toMatchObject({ code: 'GRID_DEPLOY_BAD_OPTION' });
    }
    const env = { GRID_TOKEN: 'a-token-that-is-long-enough-for-these-tests-0123456789' };
    const flags = ['tcp://127.0.0.1:1', '--lifetime', '1s', '--lifetime-stagger', '2s'];
    await using worker = Program.binary('worker', flags, env);
    expect(await worker.ends()).toMatchObject({ code: 2 });
    expect(worker.stderr).toContain('--lifetime-stagger');
  });
});
