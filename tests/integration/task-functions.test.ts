import { cpSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { importTask, moduleTask, task, taskErrorInfo } from '@grid/client';

import { Program } from './support/program.js';
import { rejection } from './support/rejection.js';
import { startRig, type Rig } from './support/start-cluster.js';
import { TempFolder } from './support/temp-folder.js';

type Files = Readonly<Record<string, string>>;

let folder: TempFolder;
let rig: Rig;
let main: string;

function write(files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(folder.file(path)), { recursive: true });
    writeFileSync(folder.file(path), text);
  }
}

beforeAll(async () => {
  folder = new TempFolder();
  main = pathToFileURL(folder.file('main.mjs')).href;
  write({
    'node_modules/esm-only/package.json': '{"name":"esm-only","version":"1.0.0","type":"module","exports":"./main.js"}',
    'node_modules/esm-only/main.js': 'export const triple = (x) => x * 3;',
    'jobs.ts': `
      import { threadId } from 'node:worker_threads'; import { triple } from 'esm-only'; import { rate } from './rate.js';
      const counts = globalThis as unknown as { evaluations?: number };
      counts.evaluations = (counts.evaluations ?? 0) + 1;
      export const evaluations = (): unknown[] => [process.pid, threadId, counts.evaluations];
      export const scale = (x: number): number => triple(x) * rate;
      export async function lazy(x: number): Promise<number> { return (await import('esm-only')).triple(x); }
      export function fail(): never {
        throw new RangeError('from the module');
      }`,
    'rate.ts': 'export const rate = 10;',
  });
  rig = await startRig({ root: folder.path, threadsPerWorker: 2 });
});

afterAll(async () => {
  await rig[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

describe('task', () => {
  it('sends what it is given, under its name, and equal calls as one unless it says that they are not', async () => {
    const offset = 41;
    const shift = task((x: number) => x + offset, { captures: { offset }, name: 'move' });
    const moved = rig.client.submit(shift, [1]);
    expect(await moved.result()).toBe(42);
    expect(moved.key).toMatch(/^move-/);
    expect(rig.client.submit(shift, [1]).key).toBe(moved.key);
    const impure = task(shift, { pure: false });
    const again = rig.client.submit(impure, [1]);
    expect(again.key).toMatch(/^move-/);
    expect(again.key).not.toBe(moved.key);
    expect(rig.client.submit(impure, [1], { pure: true }).key).toBe(moved.key);
    const [first, second] = rig.client.map(impure, [1, 1]);
    expect(first?.key).not.toBe(second?.key);
    expect(await rig.client.gather([again, first, second])).toEqual([42, 42, 42]);
    expect(Object.values(await rig.client.run(shift, [2]))).toEqual([43, 43]);
  });

  it('works in a program that may not use the inspector', async () => {
    const [major = 0] = process.versions.node.split('.').map(Number);
    const permission = major < 23 ? '--experimental-permission' : '--permission';
    const fixture = fileURLToPath(new URL('fixtures/explicit-captures.mjs', import.meta.url));
    await using program = new Program(fixture, [rig.cluster.schedulerAddress], {
      GRID_TOKEN: rig.cluster.token,
      NODE_OPTIONS: `${permission} --allow-fs-read=* --no-warnings`,
    });
    const printed = await program.firstJson();
    expect(printed).toEqual({ results: [41, 43], base: 'b', refusal: 'NOINSPECT' });
    expect(await program.ends()).toEqual({ code: 0, signal: null });
  });
});

describe('moduleTask', () => {
  it('evaluates a module once in each thread, for all functions and tasks', async () => {
    const scaled = rig.client.map(
      moduleTask(main, './jobs.ts', 'scale'),
      Array.from({ length: 40 }, (_, x) => x),
    );
    expect(await rig.client.gather(scaled)).toEqual(Array.from({ length: 40 }, (_, x) => x * 30));
    const seen = rig.client.map(
      moduleTask(main, './jobs.ts', 'evaluations', { pure: false }),
      Array.from({ length: 40 }, (_, x) => x),
    );
    const rows = (await rig.client.gather(seen)) as [number, number, number][];
    expect(rows.every(([, , count]) => count === 1)).toBe(true);
    expect(new Set(rows.map(([pid]) => pid)).size).toBe(2);
    expect(await rig.client.submit(moduleTask(main, './jobs.ts', 'lazy'), [2]).result()).toBe(6);
  });

  it('sends a module again when it has changed, and then equal calls are others', async () => {
    write({ 'changing.ts': "export { value } from './value.js';", 'value.ts': 'export const value = () => 1;' });
    const first = rig.client.submit(moduleTask(main, './changing.ts', 'value'), []);
    expect(await first.result()).toBe(1);
    write({ 'value.ts': 'export const value = () => 22;' });
    utimesSync(folder.file('value.ts'), new Date(), new Date(1e12));
    const second = rig.client.submit(moduleTask(main, './changing.ts', 'value'), []);
    expect(await second.result()).toBe(22);
    expect(second.key).not.toBe(first.key);
  });

  it('gives errors whose stack points into the module', async () => {
    const error = (await rejection(rig.client.submit(moduleTask(main, './jobs.ts', 'fail'), []).result())) as Error;
    expect(error).toBeInstanceOf(RangeError);
    expect(error.stack?.split('\n').slice(0, 2)).toEqual([
      'RangeError: from the module',
      expect.stringContaining(`at fail (${folder.file('jobs.ts')}:9:15)`),
    ]);
    expect(error.stack).not.toContain('grid-task:');
    expect(error.stack).not.toContain('worker-process');
  });

  it.each([
    ["import { Client } from '@grid/client'; void Client.connect('tcp://127.0.0.1:1');", /connect a client/],
    [
      "import { Client } from '@grid/client'; Client.connect('tcp://127.0.0.1:1').catch(() => {}); setTimeout(() => {}, 1);",
      /connect a client/,
    ],
    ["import { LocalCluster } from '@grid/deploy'; LocalCluster.start().catch(() => {});", /start a cluster/],
  ])('fails the task if the module starts the program over: %s', async (text, what) => {
    write({ 'entry.ts': `${text} export const work = () => 1;` });
    linkPackages('client', 'deploy');
    utimesSync(folder.file('entry.ts'), new Date(), new Date(text.length * 1e10));
    const error = await rejection(rig.client.submit(moduleTask(main, './entry.ts', 'work'), []).result());
    expect(error).toMatchObject({ code: 'GRID_COMMON_MODULE_LOAD', message: expect.stringMatching(what) });
    expect((error as Error).message).toMatch(/while a worker loads 'entry\.ts'.*file of their own/);
    expect(await rig.client.submit(() => 'goes on', [], { pure: false }).result()).toBe('goes on');
  });

  it('says what to install where there is no esbuild', async () => {
    using world = new TempFolder();
    for (const name of ['client', 'common', 'graph', 'comm', 'protocol', 'rpc']) {
      const from = fileURLToPath(new URL(`../../packages/${name}`, import.meta.url));
      for (const part of ['dist', 'package.json']) {
        cpSync(join(from, part), world.file(`node_modules/@grid/${name}/${part}`), { recursive: true });
      }
    }
    writeFileSync(world.file('jobs.ts'), 'export const work = () => 1;');
    writeFileSync(
      world.file('main.mjs'),
      `import { moduleTask } from '@grid/client';
      process.chdir(import.meta.dirname);
      try { moduleTask(import.meta.url, './jobs.ts', 'work'); }
      catch ({ code, message }) { console.log(JSON.stringify({ code, message })); }`,
    );
    await using program = new Program(world.file('main.mjs'));
    expect(await program.firstJson()).toEqual({
      code: 'GRID_CLIENT_NO_ESBUILD',
      message: expect.stringMatching(/jobs\.ts' with esbuild, which is not installed; add it: npm install esbuild/),
    });
  });
});

/** Lets workers of this test import packages of the library, as if they were installed. */
function linkPackages(...names: readonly string[]): void {
  for (const name of names) {
    write({
      [`node_modules/@grid/${name}/package.json`]: `{"name":"@grid/${name}","version":"0.1.0","type":"module","exports":"./main.js"}`,
      [`node_modules/@grid/${name}/main.js`]: `export * from ${JSON.stringify(new URL(`../../packages/${name}/dist/index.js`, import.meta.url).href)};`,
    });
  }
}

describe('importTask', () => {
  it('runs what is installed on the workers', async () => {
    const triple = importTask('esm-only', 'triple');
    expect(await rig.client.gather(rig.client.map(triple, [1, 2, 3]))).toEqual([3, 6, 9]);
    expect(rig.client.submit(triple, [1]).key).toMatch(/^triple-/);
  });

  it.each([
    [
      'not-here',
      'x',
      /package 'not-here' is not installed .* on worker tcp:\/\/127\.0\.0\.1:\d+; install it on every worker/,
    ],
    ['esm-only', 'tripel', /has no export 'tripel' here on worker tcp:\/\/127\.0\.0\.1:\d+; there are triple/],
  ])('of %s.%s, which is not there, says on which worker and what to do', async (module, name, message) => {
    const error = await rejection(rig.client.submit(importTask(module, name), []).result());
    expect(error).toMatchObject({ code: 'GRID_PROTOCOL_FUNCTION_LOAD', message: expect.stringMatching(message) });
    expect((error as Error).message).toContain(taskErrorInfo(error)?.worker);
  });
});
