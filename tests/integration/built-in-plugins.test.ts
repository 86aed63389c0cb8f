import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Environ, ForwardOutput, KillWorker, NpmInstall, UploadFile } from '@grid/client';
import { uploadedPath } from '@grid/client/task';

import { rejection } from './support/rejection.js';
import { startRig } from './support/start-cluster.js';
import { TempFolder } from './support/temp-folder.js';
import { until } from './support/until.js';

let folder: TempFolder;

beforeEach(() => {
  folder = new TempFolder();
});

afterEach(() => folder[Symbol.dispose]());

/** A package that npm can install without a registry. */
function writePackage(name: string, value: number): string {
  const path = folder.file(`packages/${name}`);
  mkdirSync(path, { recursive: true });
  writeFileSync(
    `${path}/package.json`,
    JSON.stringify({ name, version: '1.0.0', type: 'module', exports: './index.js' }),
  );
  writeFileSync(`${path}/index.js`, `export const value = ${String(value)};`);
  return path;
}

function emptyRoot(): string {
  const root = folder.file('root');
  mkdirSync(root);
  return root;
}

/** A text rather than a literal, which the compiler would look for here. */
const FIXTURE: string = 'grid-npm-fixture';

async function valueOfFixture(): Promise<number> {
  return ((await import(FIXTURE)) as { readonly value: number }).value;
}

describe('NpmInstall', () => {
  it('installs once where workers share a folder, also for workers that come later', async () => {
    const root = emptyRoot();
    await using rig = await startRig({ root });
    const plugin = new NpmInstall([writePackage(FIXTURE, 42)]);
    expect(await rig.client.registerPlugin(plugin)).toMatchObject({ kind: 'worker', count: 2 });
    expect(Object.values(await rig.client.run(valueOfFixture))).toEqual([42, 42]);
    await rig.cluster.scale(3);
    await rig.client.waitForWorkers(3);
    expect(Object.values(await rig.client.run(valueOfFixture))).toEqual([42, 42, 42]);
    expect(JSON.parse(readFileSync(`${root}/.grid-installed.json`, 'utf8'))).toHaveLength(1);
    expect(existsSync(`${root}/.grid-installing`)).toBe(false);
  });

  it('has workers started anew if that is wanted', async () => {
    await using rig = await startRig({ nWorkers: 1, root: emptyRoot() });
    const before = Object.values(await rig.client.run(() => process.pid));
    await rig.client.registerPlugin(new NpmInstall([writePackage(FIXTURE, 7)], { restart: true }));
    await rig.client.waitForWorkers(1);
    expect(Object.values(await rig.client.run(() => process.pid))).not.toEqual(before);
    expect(Object.values(await rig.client.run(valueOfFixture))).toEqual([7]);
  });

  it('says what npm says if it fails', async () => {
    await using rig = await startRig({ nWorkers: 1, root: emptyRoot() });
    const error = await rejection(rig.client.registerPlugin(new NpmInstall([folder.file('nowhere')])));
    expect(error).toMatchObject({ code: 'GRID_CLIENT_PLUGIN_FAILED', cause: { code: 'GRID_PLUGINS_INSTALL_FAILED' } });
    expect(String(error)).toMatch(/ENOENT|nowhere/);
    expect(await rig.client.submit(() => 1, []).result()).toBe(1);
  });

  it('leaves folders alone that others manage, and takes no flags for packages', async () => {
    const root = emptyRoot();
    writeFileSync(`${root}/pnpm-lock.yaml`, '');
    await using rig = await startRig({ nWorkers: 1, root });
    const error = await rejection(rig.client.registerPlugin(new NpmInstall([writePackage(FIXTURE, 1)])));
    expect(String(error)).toMatch(/managed by pnpm/);
    expect(() => new NpmInstall(['--global'])).toThrow(expect.objectContaining({ code: 'GRID_CLIENT_BAD_OPTION' }));
    expect(() => new NpmInstall([])).toThrow(expect.objectContaining({ code: 'GRID_CLIENT_BAD_OPTION' }));
  });
});

describe('Environ', () => {
  it('gives workers variables, and those that come later', async () => {
    await using rig = await startRig({ nWorkers: 1 });
    await rig.client.registerPlugin(new Environ({ GRID_TEST_A: 'a', GRID_TEST_N: 5 }));
    await rig.cluster.scale(2);
    await rig.client.waitForWorkers(2);
    const variables = await rig.client.run(() => [process.env['GRID_TEST_A'], process.env['GRID_TEST_N']]);
    expect(Object.values(variables)).toEqual([
      ['a', '5'],
      ['a', '5'],
    ]);
    const error = await rejection(rig.client.registerPlugin(new Environ({ 'A=B': 'x' })));
    expect(error).toMatchObject({ cause: { code: 'GRID_PLUGINS_BAD_OPTION' } });
  });

  it('waits for the next start if it is told to', async () => {
    await using rig = await startRig({ nWorkers: 1 });
    const pid = Object.values(await rig.client.run(() => process.pid));
    await rig.client.registerPlugin(new Environ({ GRID_TEST_LATER: 'yes' }, { restart: false }));
    expect(Object.values(await rig.client.run(() => process.pid))).toEqual(pid);
    await rig.client.restart();
    expect(Object.values(await rig.client.run(() => process.env['GRID_TEST_LATER']))).toEqual(['yes']);
  });
});

it('UploadFile puts a file on all workers until it is unregistered', async () => {
  writeFileSync(folder.file('zones.csv'), 'a,b\n');
  await using rig = await startRig({ nWorkers: 1 });
  const plugin = new UploadFile(folder.file('zones.csv'));
  expect(await rig.client.registerPlugin(plugin)).toMatchObject({ kind: 'client', name: 'upload-zones.csv' });
  const read = async (): Promise<string> => (await import('node:fs')).readFileSync(uploadedPath('zones.csv'), 'utf8');
  expect(await rig.client.submit(read, [], { pure: false }).result()).toBe('a,b\n');
  await rig.client.unregisterPlugin(plugin);
  const gone = rig.client.submit(read, [], { pure: false });
  expect(await rejection(gone.result())).toMatchObject({ code: 'GRID_WORKER_NO_UPLOAD' });
});

it('ForwardOutput brings what tasks write here until it is unregistered', async () => {
  await using rig = await startRig({ nWorkers: 1 });
  const heard: string[] = [];
  await rig.client.registerPlugin(new ForwardOutput({ write: ({ text }) => void heard.push(text) }));
  const say = (word: string): void => console.log(word);
  await rig.client.submit(say, ['one']).result();
  await rig.client.unregisterPlugin('forward-output');
  await rig.client.submit(say, ['two']).result();
  expect(heard).toEqual(['one']);
});

describe('KillWorker', () => {
  it('ends workers again and again, and a program gets its results nevertheless', async () => {
    await using rig = await startRig();
    const pids = new Set(Object.values(await rig.client.run(() => process.pid)));
    await rig.client.registerPlugin(new KillWorker({ delay: '200ms', mode: 'kill' }));
    await until('other workers', async () => {
      const futures = rig.client.map((x: number) => [x, process.pid] as const, [1, 2, 3, 4], {
        pure: false,
        retries: 9,
      });
      const results = await rig.client.gather(futures, { errors: 'skip' });
      return results.some(([, pid]) => !pids.has(pid));
    });
    await rig.client.unregisterPlugin('kill-worker').catch(() => {});
    await rig.client.waitForWorkers(2);
    expect(await rig.client.submit(() => 'alive', []).result()).toBe('alive');
  });

  it('ends no process that may be of others as well', async () => {
    await using rig = await startRig({ nWorkers: 1, processes: false });
    const error = await rejection(rig.client.registerPlugin(new KillWorker({ delay: 0 })));
    expect(error).toMatchObject({ cause: { code: 'GRID_PLUGINS_BAD_OPTION' } });
  });
});
