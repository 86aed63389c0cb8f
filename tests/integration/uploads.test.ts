import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Client, importTask } from '@grid/client';
import { uploadedPath } from '@grid/client/task';

import { rejection } from './support/rejection.js';
import { startRig, type Rig } from './support/start-cluster.js';
import { TempFolder } from './support/temp-folder.js';

type Files = Readonly<Record<string, string>>;

/** Texts rather than literals, which the compiler would look for here. */
const JOBS: string = 'upload:jobs.mjs';
const TABLE: string = 'upload:table.json';

let folder: TempFolder;
let rig: Rig;

function write(files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(folder.file(path)), { recursive: true });
    writeFileSync(folder.file(path), text);
  }
}

/** What a call gives on each worker. */
async function onAll<T>(fn: () => T): Promise<Awaited<T>[]> {
  return Object.values(await rig.client.run(fn));
}

beforeEach(async () => {
  folder = new TempFolder();
  mkdirSync(folder.file('local'));
  rig = await startRig({ localDirectory: folder.file('local') });
});

afterEach(async () => {
  await rig[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

describe('an uploaded file', () => {
  it('is imported by tasks on every worker, by importTask and by import()', async () => {
    write({ 'jobs.mjs': "export const train = (x) => x * 10; export default () => 'main';" });
    const info = await rig.client.uploadFile(folder.file('jobs.mjs'));
    expect(info).toMatchObject({ name: 'jobs.mjs', kind: 'file', files: 1, workers: 2 });
    expect(info.hash).toMatch(/^[0-9a-f]{64}$/);
    using trained = rig.client.submit(importTask('upload:jobs.mjs', 'train'), [4]);
    expect(await trained.result()).toBe(40);
    expect(await rig.client.submit(importTask('upload:jobs.mjs', 'default'), []).result()).toBe('main');
    const inside = (): Promise<number> => import(JOBS).then((module: { train(x: number): number }) => module.train(5));
    expect(await onAll(inside)).toEqual([50, 50]);
  });

  it('is found by workers that come later, before their first task', async () => {
    write({ 'jobs.mjs': 'export const train = (x) => x * 10;', 'zones.csv': 'a,b\n1,2\n' });
    await rig.cluster.scale(0);
    expect((await rig.client.uploadFile(folder.file('jobs.mjs'))).workers).toBe(0);
    await rig.client.uploadFile(folder.file('zones.csv'));
    const waiting = rig.client.map(importTask('upload:jobs.mjs', 'train'), [1, 2, 3, 4]);
    await rig.cluster.scale(2);
    expect(await rig.client.gather(waiting)).toEqual([10, 20, 30, 40]);
    await rig.client.waitForWorkers(2);
    expect(await onAll(() => uploadedPath('zones.csv').endsWith('zones.csv'))).toEqual([true, true]);
  });

  it('takes the place of an earlier one for what is submitted afterwards, also for equal calls', async () => {
    const train = importTask('upload:jobs.mjs', 'train');
    const inside = async (x: number): Promise<unknown> =>
      ((await import(JOBS)) as { train(x: number): unknown }).train(x);
    write({ 'jobs.mjs': 'let calls = 0; export const train = (x) => [x * 10, ++calls > 0];' });
    await rig.client.uploadFile(folder.file('jobs.mjs'));
    const before = rig.client.submit(train, [1]);
    expect(await before.result()).toEqual([10, true]);
    expect(await rig.client.submit(inside, [1]).result()).toEqual([10, true]);
    write({ 'jobs.mjs': 'export const train = (x) => x * 100;' });
    await rig.client.uploadFile(folder.file('jobs.mjs'));
    const after = rig.client.submit(train, [1]);
    expect(after.key).not.toBe(before.key);
    expect(await after.result()).toBe(100);
    expect(await rig.client.submit(inside, [1]).result()).toBe(100);
    expect(await before.result()).toEqual([10, true]);
    const everywhere = rig.client.map(train, [1, 2, 3, 4, 5, 6, 7, 8], { pure: false });
    expect(await rig.client.gather(everywhere)).toEqual([100, 200, 300, 400, 500, 600, 700, 800]);
  });

  it('that failed for lack of a package works once that was uploaded', async () => {
    const fails = rig.client.submit(importTask('my-lib', 'one'), []);
    await expect(fails.result()).rejects.toMatchObject({
      code: 'GRID_PROTOCOL_FUNCTION_LOAD',
      message: expect.stringMatching(/package 'my-lib' is not installed .*on worker tcp:\/\/127.*uploadDirectory/),
    });
    write({ 'my-lib/package.json': '{"name":"my-lib","main":"main.js"}', 'my-lib/main.js': 'exports.one = () => 1;' });
    await rig.client.uploadDirectory(folder.file('my-lib'));
    expect(await rig.client.submit(importTask('my-lib', 'one'), []).result()).toBe(1);
  });

  it('may be data, which tasks find by its path, and read', async () => {
    write({ 'zones.csv': 'zone\nQueens\n' });
    await rig.client.uploadFile(new URL(`file://${folder.file('zones.csv')}`), { name: 'zones' });
    const read = async (): Promise<string> => {
      const { readFileSync } = await import('node:fs');
      return readFileSync(uploadedPath('zones'), 'utf8');
    };
    expect(await onAll(read)).toEqual(['zone\nQueens\n', 'zone\nQueens\n']);
    const missing = await rejection(rig.client.submit(() => uploadedPath('zonez'), []).result());
    expect(missing).toMatchObject({
      code: 'GRID_WORKER_NO_UPLOAD',
      message: expect.stringMatching(/'zonez' \(there are zones\)/),
    });
    expect(() => uploadedPath('zones')).toThrow(expect.objectContaining({ code: 'GRID_CLIENT_NOT_IN_TASK' }));
  });

  it('comes through whole, however large', async () => {
    const bytes = new Uint8Array(300_000).map((_, i) => (i * 7919) >> 3);
    writeFileSync(folder.file('big.bin'), bytes);
    await rig.client.uploadFile(folder.file('big.bin'));
    const digest = async (): Promise<string> => {
      const [{ createHash }, { readFileSync }] = await Promise.all([import('node:crypto'), import('node:fs')]);
      return createHash('sha256')
        .update(readFileSync(uploadedPath('big.bin')))
        .digest('hex');
    };
    const expected = createHash('sha256').update(bytes).digest('hex');
    expect(await onAll(digest)).toEqual([expected, expected]);
  });

  it('imports the packages that are installed on the worker, and other uploads that are packages', async () => {
    write({
      'my-lib/package.json': '{"name":"@me/lib","version":"1.0.0","type":"module","exports":{"./sub":"./sub.js"}}',
      'my-lib/sub.js': 'export const two = () => 2;',
      'uses.mjs': `
        import { encodeValue } from '@grid/protocol'; import { two } from '@me/lib/sub';
        export const both = () => [typeof encodeValue, two()];`,
    });
    await rig.client.uploadDirectory(folder.file('my-lib'));
    await rig.client.uploadFile(folder.file('uses.mjs'));
    expect(await rig.client.submit(importTask('upload:uses.mjs', 'both'), []).result()).toEqual(['function', 2]);
  });

  it('of JSON, CommonJS and plain .js is what it is here', async () => {
    write({
      'esm/package.json': '{"type":"module"}',
      'esm/jobs.js': 'export const kind = () => typeof require;',
      'cjs/package.json': '{"type":"commonjs"}',
      'cjs/tools.js': 'exports.kind = () => typeof require;',
      'old.cjs': 'exports.kind = () => typeof require;',
      'table.json': '{"rows":3}',
    });
    for (const path of ['esm/jobs.js', 'cjs/tools.js', 'old.cjs', 'table.json']) {
      await rig.client.uploadFile(folder.file(path));
    }
    const kinds = ['jobs.js', 'tools.js', 'old.cjs'].map((name) =>
      rig.client.submit(importTask(`upload:${name}`, 'kind'), []),
    );
    expect(await rig.client.gather(kinds)).toEqual(['undefined', 'function', 'function']);
    const rows = async (): Promise<unknown> => ((await import(TABLE)) as { default: { rows: number } }).default.rows;
    expect(await rig.client.submit(rows, []).result()).toBe(3);
  });

  it('of TypeScript is bundled with what it imports of the same program', async () => {
    write({
      'jobs.ts': "import { rate } from './rate.js'; export const train = (x: number): number => x * rate;",
      'rate.ts': 'export const rate: number = 7;',
    });
    await rig.client.uploadFile(folder.file('jobs.ts'));
    expect(await rig.client.submit(importTask('upload:jobs.ts', 'train'), [2]).result()).toBe(14);
    write({ 'rate.ts': 'export const rate: number = 70;' });
    await rig.client.uploadFile(folder.file('jobs.ts'));
    expect(await rig.client.submit(importTask('upload:jobs.ts', 'train'), [2]).result()).toBe(140);
  });

  it('that connects a client while it is loaded fails its task, and says what to do', async () => {
    write({
      'main.mjs':
        "import { Client } from '@grid/client'; await Client.connect('tcp://127.0.0.1:1'); export const work = () => 1;",
    });
    await rig.client.uploadFile(folder.file('main.mjs'));
    await expect(rig.client.submit(importTask('upload:main.mjs', 'work'), []).result()).rejects.toMatchObject({
      code: 'GRID_COMMON_MODULE_LOAD',
      message: expect.stringMatching(/cannot connect a client while a worker loads '.*main\.mjs'.*file of their own/),
    });
  });
});

describe('an uploaded folder', () => {
  it('with a package is imported by its name, goes before one that is installed, and may be replaced', async () => {
    const package_ = (version: string, body: string): Files => ({
      'lib/package.json': JSON.stringify({ name: '@grid/graph', version, type: 'module', exports: './main.js' }),
      'lib/main.js': body,
      'lib/data/table.json': '[1,2,3]',
    });
    write(package_('0.1.0', "export const which = () => 'uploaded';"));
    expect(await rig.client.uploadDirectory(folder.file('lib'))).toMatchObject({
      name: '@grid/graph',
      kind: 'package',
      files: 3,
    });
    const which = importTask('@grid/graph', 'which');
    expect(await rig.client.submit(which, []).result()).toBe('uploaded');
    write(package_('0.1.1', "export const which = () => 'again';"));
    await rig.client.uploadDirectory(folder.file('lib'));
    expect(await rig.client.submit(which, []).result()).toBe('again');
    const data = await onAll(() => uploadedPath('@grid/graph/data/table.json'));
    expect(data.every((path) => path.endsWith('/data/table.json'))).toBe(true);
    expect(await rig.client.removeUpload('@grid/graph')).toBe(true);
    await expect(rig.client.submit(which, []).result()).rejects.toMatchObject({ details: { reason: 'NOEXPORT' } });
  });

  it('without one keeps its layout, leaves out what is hidden, and knows what its modules are', async () => {
    write({
      'package.json': '{"type":"module"}',
      'tools/lib/jobs.js': "import { step } from '../step.js'; export const next = (x) => x + step;",
      'tools/step.js': 'export const step = 5;',
      'tools/.env': 'SECRET=1',
      'tools/.git/config': 'x',
      'tools/node_modules/dep/index.js': 'x',
    });
    const info = await rig.client.uploadDirectory(folder.file('tools'));
    expect(info).toMatchObject({ name: 'tools', kind: 'directory', files: 3 });
    expect(await rig.client.submit(importTask('upload:tools/lib/jobs.js', 'next'), [1]).result()).toBe(6);
    const hidden = await rejection(rig.client.submit(() => uploadedPath('tools/.env'), []).result());
    expect(hidden).toMatchObject({ code: 'GRID_WORKER_NO_UPLOAD' });
    const outside = await rejection(rig.client.submit(() => uploadedPath('tools/../../x'), []).result());
    expect(outside).toMatchObject({ code: 'GRID_PROTOCOL_BAD_UPLOAD' });
    const all = await rig.client.uploadDirectory(folder.file('tools'), { name: 'all', skip: ['.git'] });
    expect(all.files).toBe(5);
    const few = await rig.client.uploadDirectory(folder.file('tools'), {
      name: 'few',
      skip: (path) => path !== 'step.js',
    });
    expect(few.files).toBe(2);
  });

  it('is refused if a link in it leads out, or if it has something that is no file', async () => {
    write({ 'secret.txt': 'x', 'tools/a.js': '' });
    symlinkSync(folder.file('tools/a.js'), folder.file('tools/inside.js'));
    expect((await rig.client.uploadDirectory(folder.file('tools'))).files).toBe(2);
    symlinkSync(folder.file('secret.txt'), folder.file('tools/out.txt'));
    const out = await rejection(rig.client.uploadDirectory(folder.file('tools')));
    expect(out).toMatchObject({
      code: 'GRID_CLIENT_BAD_UPLOAD',
      message: expect.stringMatching(/out\.txt.*leads out of the folder/),
    });
    expect((await rig.client.uploadDirectory(folder.file('tools'), { skip: ['out.txt'] })).files).toBe(2);
    rmSync(folder.file('tools/out.txt'));
    symlinkSync('..', folder.file('tools/up'));
    expect(await rejection(rig.client.uploadDirectory(folder.file('tools')))).toMatchObject({
      code: 'GRID_CLIENT_BAD_UPLOAD',
    });
  });
});

describe('uploads that are refused', () => {
  it.each([
    ['../evil.js', 'GRID_PROTOCOL_BAD_UPLOAD'],
    ['/etc/passwd', 'GRID_PROTOCOL_BAD_UPLOAD'],
    ['a\nb', 'GRID_PROTOCOL_BAD_UPLOAD'],
    ['..', 'GRID_PROTOCOL_BAD_UPLOAD'],
    ['a\\b', 'GRID_PROTOCOL_BAD_UPLOAD'],
    ['', 'GRID_PROTOCOL_BAD_UPLOAD'],
  ])('by their name %j', async (name, code) => {
    write({ 'jobs.mjs': '' });
    expect(await rejection(rig.client.uploadFile(folder.file('jobs.mjs'), { name }))).toMatchObject({ code });
  });

  it('by their size, here and on the scheduler', async () => {
    write({ 'big.bin': 'x'.repeat(5000) });
    const large = await rejection(rig.client.uploadFile(folder.file('big.bin'), { maxBytes: '4 KiB' }));
    expect(large).toMatchObject({
      code: 'GRID_CLIENT_UPLOAD_TOO_LARGE',
      message: expect.stringMatching(/big\.bin.*maxBytes/),
    });
    await using small = await startRig({ nWorkers: 1, uploadLimit: '12 KB' });
    await small.client.uploadFile(folder.file('big.bin'), { name: 'one' });
    await small.client.uploadFile(folder.file('big.bin'), { name: 'two' });
    const full = await rejection(small.client.uploadFile(folder.file('big.bin'), { name: 'three' }));
    expect(full).toMatchObject({
      code: 'GRID_SCHEDULER_UPLOADS_FULL',
      message: expect.stringMatching(/\(one, two\).*removeUpload.*--upload-limit/),
    });
    await small.client.removeUpload('one');
    await small.client.uploadFile(folder.file('big.bin'), { name: 'three' });
    expect((await small.client.schedulerInfo()).uploads).toMatchObject([{ name: 'two' }, { name: 'three' }]);
  });

  it('for what is not there, or is of the other kind', async () => {
    mkdirSync(folder.file('empty'));
    write({ 'a.txt': '' });
    const bad = { code: 'GRID_CLIENT_BAD_UPLOAD' };
    expect(await rejection(rig.client.uploadFile(folder.file('nowhere')))).toMatchObject(bad);
    expect(await rejection(rig.client.uploadFile(folder.file('empty')))).toMatchObject(bad);
    expect(await rejection(rig.client.uploadDirectory(folder.file('empty')))).toMatchObject(bad);
    expect(await rejection(rig.client.uploadDirectory(folder.file('a.txt')))).toMatchObject(bad);
    write({ 'lib/package.json': '{' });
    expect(await rejection(rig.client.uploadDirectory(folder.file('lib')))).toMatchObject(bad);
  });
});

describe("a worker's disk", () => {
  const modes = async (): Promise<string[]> => {
    const { statSync } = await import('node:fs');
    const { dirname: up } = await import('node:path');
    const found: string[] = [];
    for (let at = uploadedPath('tools/lib/deep.txt'); !at.endsWith('/local'); at = up(at)) {
      found.push((statSync(at).mode & 0o777).toString(8));
    }
    return found;
  };
  const foldersOfWorkers = (): string[] => {
    const [above = ''] = readdirSync(folder.file('local'));
    return readdirSync(folder.file(`local/${above}`));
  };

  it('shows uploads to nobody else, keeps two versions of each at most, and has none at the end', async () => {
    write({ 'tools/lib/deep.txt': 'x' });
    await rig.client.uploadDirectory(folder.file('tools'));
    for (const seen of await onAll(modes)) {
      expect(seen[0]).toBe('600');
      expect(new Set(seen.slice(1))).toEqual(new Set(['700']));
    }
    expect(foldersOfWorkers()).toHaveLength(2);
    const contents = async (): Promise<number> => {
      const { readdirSync: list } = await import('node:fs');
      const { dirname: up } = await import('node:path');
      return list(up(uploadedPath('tools'))).filter((name) => /^[0-9a-f]{64}/.test(name)).length;
    };
    for (let version = 0; version < 4; version += 1) {
      write({ 'tools/lib/deep.txt': String(version) });
      await rig.client.uploadDirectory(folder.file('tools'));
    }
    expect(await onAll(contents)).toEqual([2, 2]);
    await rig.cluster.close();
    expect(foldersOfWorkers()).toEqual([]);
  });

  it('that cannot be written to fails the upload with the names of the workers, and tasks that need it', async () => {
    const locked = folder.file('locked');
    writeFileSync(locked, 'a file in place of a folder');
    await using broken = await startRig({ nWorkers: 1, localDirectory: locked });
    write({ 'jobs.mjs': 'export const train = () => 1;' });
    const failed = await rejection(broken.client.uploadFile(folder.file('jobs.mjs')));
    expect(failed).toMatchObject({
      code: 'GRID_CLIENT_UPLOAD_FAILED',
      message: expect.stringMatching(/1 workers.*tcp:\/\/127\.0\.0\.1:\d+: 'jobs\.mjs' could not be stored/),
    });
    const task = await rejection(broken.client.submit(importTask('upload:jobs.mjs', 'train'), []).result());
    expect(task).toMatchObject({
      details: { reason: 'NOUPLOAD' },
      message: expect.stringMatching(/could not be stored/),
    });
  });
});

describe('uploads of several clients', () => {
  it('are seen by all of them', async () => {
    write({ 'jobs.mjs': 'export const train = () => 1;' });
    await using other = await Client.connect(rig.cluster);
    await other.uploadFile(folder.file('jobs.mjs'));
    expect(await rig.client.submit(importTask('upload:jobs.mjs', 'train'), []).result()).toBe(1);
    write({ 'jobs.mjs': 'export const train = () => 2;' });
    await other.uploadFile(folder.file('jobs.mjs'));
    expect(await rig.client.submit(importTask('upload:jobs.mjs', 'train'), [], { pure: false }).result()).toBe(2);
    expect(await rig.client.removeUpload('nothing')).toBe(false);
  });
});

it('a cluster within this process takes uploads too', async () => {
  await using inside = await startRig({ processes: false });
  write({ 'jobs.mjs': 'export const train = (x) => x + 1;' });
  await inside.client.uploadFile(folder.file('jobs.mjs'));
  expect(await inside.client.submit(importTask('upload:jobs.mjs', 'train'), [1]).result()).toBe(2);
});
