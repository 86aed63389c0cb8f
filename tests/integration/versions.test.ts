import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client } from '@grid/client';

import { rejection } from './support/rejection.js';
import { startRig, type Rig } from './support/start-cluster.js';
import { TempFolder } from './support/temp-folder.js';

let rig: Rig;
let client: Client;
let root: TempFolder;

/** Where workers look for packages: there is a `typescript` of another version than ours, and something that we do not have. */
beforeAll(async () => {
  root = new TempFolder();
  for (const [name, version] of [
    ['typescript', '1.0.0'],
    ['only-there', '2.0.0'],
  ] as const) {
    const folder = join(root.path, 'node_modules', name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, version }));
  }
  rig = await startRig({ root: root.path });
  ({ client } = rig);
}, 60_000);

afterAll(async () => {
  await rig[Symbol.asyncDispose]();
  root[Symbol.dispose]();
});

describe('versions', () => {
  it('are told of client, scheduler and workers, and agree on one machine', async () => {
    const { client: own, scheduler, workers } = await client.getVersions({ check: true });
    const { node, v8 } = process.versions;
    expect(own).toMatchObject({ node, v8, platform: `${process.platform}-${process.arch}`, packages: {} });
    expect(own.grid).toMatch(/^\d+\.\d+\.\d+/);
    expect(scheduler).toEqual(own);
    expect(Object.values(workers)).toEqual([own, own]);
  });

  it('of packages are those that tasks would import', async () => {
    const packages = ['typescript', 'only-there', 'nowhere'];
    const { client: own, scheduler, workers } = await client.getVersions({ packages });
    expect(own.packages).toEqual({ typescript: expect.stringMatching(/^\d+\./), 'only-there': null, nowhere: null });
    expect(scheduler.packages).toEqual({});
    expect(Object.values(workers).map((worker) => worker.packages)).toEqual(
      [1, 2].map(() => ({ typescript: '1.0.0', 'only-there': '2.0.0', nowhere: null })),
    );
  });

  it('that differ are refused, with who has what', async () => {
    const error = (await rejection(client.getVersions({ check: true, packages: ['typescript', 'nowhere'] }))) as Error;
    expect(error).toMatchObject({ code: 'GRID_CLIENT_VERSION_MISMATCH' });
    expect(error.message).toMatch(/\n {2}typescript: [2-9]\S+ \(client\), 1\.0\.0 \(tcp:\S+, tcp:\S+\)\n/);
    expect(error.message).toMatch(/\n {2}nowhere: unknown or not installed \(client, tcp:\S+, tcp:\S+\)\n/);
    expect(error.message).not.toMatch(/node:/);
  });

  it('that differ are let pass where they are not asked for', async () => {
    const options = { check: ['grid', 'node', 'v8', 'platform'], packages: ['typescript'] } as const;
    await expect(client.getVersions(options)).resolves.toBeDefined();
  });
});
