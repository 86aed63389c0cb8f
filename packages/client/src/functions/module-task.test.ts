import { cpSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';
import { FunctionDecoder, FunctionEncoder, type CallableValue } from '@grid/protocol';

import { importTask } from './import-task.js';
import { moduleTask } from './module-task.js';

const folder = mkdtempSync(join(tmpdir(), 'grid-module-task-'));
const encoder = new FunctionEncoder();
afterAll(() => {
  encoder.close();
  rmSync(folder, { recursive: true, force: true });
});

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** As a worker has one, with nothing installed but what the test wrote. */
function newDecoder(root = folder): FunctionDecoder {
  return new FunctionDecoder({ root, worker: 'worker tcp://w:1' });
}

async function runOn(decoder: FunctionDecoder, fn: CallableValue, ...args: unknown[]): Promise<unknown> {
  const restored = (await decoder.load(encoder.capture(fn))) as (...values: unknown[]) => unknown;
  return restored(...args);
}

const main = pathToFileURL(join(folder, 'main.mjs')).href;

write({
  'counter.ts': `
    import { step } from './steps/step.js';
    let count = 0;
    export const next = (): number => (count += step);
    export default function current(): number { return count; }
    export const where = (): string[] => [import.meta.url, import.meta.dirname, import.meta.filename];
    export const notAFunction = 5;`,
  'steps/step.ts': 'export const step: number = 2;',
});

describe('a function of a module', () => {
  it('is sent with what the module imports, and keeps the state of the module for all its functions', async () => {
    const decoder = newDecoder();
    expect(await runOn(decoder, moduleTask(main, './counter.ts', 'next'))).toBe(2);
    expect(await runOn(decoder, moduleTask(main, './counter.ts', 'next'))).toBe(4);
    expect(await runOn(decoder, moduleTask(main, './counter.ts', 'default'))).toBe(4);
    expect(await runOn(newDecoder(), moduleTask(main, './counter.ts', 'default'))).toBe(0);
  });

  it('has the name of its export, or of its module, or the one that was said', () => {
    expect(moduleTask(main, './counter.ts', 'next').name).toBe('next');
    expect(encoder.capture(moduleTask(main, './counter.ts', 'default')).name).toBe('counter');
    expect(encoder.capture(moduleTask(main, './counter.ts', 'next', { name: 'count' })).name).toBe('count');
  });

  it('has the hash of the text of the module and of its name, wherever that lies', () => {
    const first = encoder.capture(moduleTask(main, './counter.ts', 'next')).hash;
    cpSync(join(folder, 'counter.ts'), join(folder, 'elsewhere/counter.ts'));
    cpSync(join(folder, 'steps'), join(folder, 'elsewhere/steps'), { recursive: true });
    expect(encoder.capture(moduleTask(main, './elsewhere/counter.ts', 'next')).hash).toBe(first);
    expect(encoder.capture(moduleTask(main, './counter.ts', 'where')).hash).not.toBe(first);
  });

  it('sees import.meta of its module as it is here', async () => {
    const file = join(folder, 'counter.ts');
    const found = await runOn(newDecoder(), moduleTask(main, './counter.ts', 'where'));
    expect(found).toEqual([pathToFileURL(file).href, folder, file]);
  });

  it('is found by the name of the compiled file, and from a path as well as from a URL', async () => {
    expect(await runOn(newDecoder(), moduleTask(join(folder, 'main.cjs'), './counter.js', 'next'))).toBe(2);
    expect(await runOn(newDecoder(), moduleTask(new URL(main), 'counter.ts', 'next'))).toBe(2);
  });

  it('cannot be called here', () => {
    expect(() => moduleTask(main, './counter.ts', 'next')()).toThrow(/runs on workers only/);
  });

  it('is sent anew when one of its files has changed, and not before', () => {
    write({ 'a/jobs.ts': "export { value } from './value.js';", 'a/value.ts': 'export const value = () => 1;' });
    const hashOf = (): string => encoder.capture(moduleTask(main, './a/jobs.ts', 'value')).hash;
    const before = hashOf();
    expect(hashOf()).toBe(before);
    write({ 'a/value.ts': 'export const value = () => 2;' });
    // Some file systems count time in large steps.
    utimesSync(join(folder, 'a/value.ts'), new Date(), new Date(1e12));
    expect(hashOf()).not.toBe(before);
    write({ 'a/value.ts': 'export const value = () => 1;' });
    expect(hashOf()).toBe(before);
  });
});

describe('packages of a module', () => {
  write({
    'node_modules/esm-only/package.json': '{"name":"esm-only","version":"1.0.0","type":"module","exports":"./main.js"}',
    'node_modules/esm-only/main.js': 'export const triple = (x) => x * 3; export let loads = 0; loads += 1;',
    'node_modules/old/package.json': '{"name":"old","version":"1.0.0"}',
    'node_modules/old/index.js': 'module.exports = { half: (x) => x / 2 };',
    'uses.ts': `
      import old from 'old'; import { join } from 'node:path';
      export const work = (x: number): unknown => [old.half(x), join('a', 'b')];
      export const late = async (name: string): Promise<unknown> => [(await import('old')).half(1), typeof (await import(name)).default.half];
      export const missing = async (): Promise<unknown> => import('not-here');`,
    'lacks.ts': "import { gone } from 'not-here'; export const work = (): unknown => gone;",
  });

  it("are the worker's own, also those that are imported later", async () => {
    expect(await runOn(newDecoder(), moduleTask(main, './uses.ts', 'work'), 4)).toEqual([2, 'a/b']);
    expect(await runOn(newDecoder(), moduleTask(main, './uses.ts', 'late'), 'old')).toEqual([0.5, 'function']);
  });

  it('that are missing fail the task with the name of the package and of the worker', async () => {
    const missing = { code: 'GRID_PROTOCOL_FUNCTION_LOAD', details: { reason: 'NOPKG', pkg: 'not-here' } };
    await expect(runOn(newDecoder(), moduleTask(main, './uses.ts', 'missing'))).rejects.toMatchObject(missing);
    const loading = runOn(newDecoder(), moduleTask(main, './lacks.ts', 'work'));
    await expect(loading).rejects.toMatchObject(missing);
    await expect(loading).rejects.toThrow(/package 'not-here' is not installed .* on worker tcp:\/\/w:1; install it/);
  });
});

describe('an error that a module throws', () => {
  write({
    'deep.ts': `
      import { fail } from './lib/fail.js';

      export function start(): void {
        fail('deep');
      }`,
    'lib/fail.ts': `
      interface Padding { readonly a: number }

      export function fail(why: string): never {
        const padding: Padding = { a: 1 };
        throw new RangeError(why + padding.a);
      }`,
  });

  it('has a stack that points into its files', async () => {
    const error = await runOn(newDecoder(), moduleTask(main, './deep.ts', 'start')).catch((thrown: unknown) => thrown);
    const stack = encoder.mapStack((error as Error).stack ?? '').split('\n');
    expect(stack[0]).toBe('RangeError: deep1');
    expect(stack[1]).toMatch(new RegExp(`^ +at fail \\(${join(folder, 'lib/fail.ts')}:6:15\\)$`));
    expect(stack[2]).toMatch(new RegExp(`^ +at start \\(${join(folder, 'deep.ts')}:5:9\\)$`));
  });

  it('while it is loaded comes along as the cause', async () => {
    write({ 'broken.ts': "throw new TypeError('not today'); export const work = () => 1;" });
    const loading = runOn(newDecoder(), moduleTask(main, './broken.ts', 'work'));
    await expect(loading).rejects.toMatchObject({
      details: { reason: 'MODULE' },
      message: expect.stringMatching(/'broken\.ts' failed while it was loaded on worker tcp:\/\/w:1: not today/),
      cause: { name: 'TypeError', message: 'not today' },
    });
  });
});

describe('a module that cannot be sent', () => {
  const NOT_BUNDLED = 'GRID_CLIENT_BUNDLE_FAILED';

  it('is refused at once where it does not parse, with the place', () => {
    write({ 'wrong.ts': 'export const work = () => {;' });
    expect(() => moduleTask(main, './wrong.ts', 'work')).toThrow(
      expect.objectContaining({ code: NOT_BUNDLED, message: expect.stringMatching(/wrong\.ts:1:/) }),
    );
  });

  it('is refused at once where it awaits at its top level, with a way out', () => {
    write({ 'awaits.ts': 'const data = await Promise.resolve(1); export const work = () => data;' });
    expect(() => moduleTask(main, './awaits.ts', 'work')).toThrow(
      expect.objectContaining({ code: NOT_BUNDLED, message: expect.stringMatching(/fix: .*top level/) }),
    );
  });

  it('is refused at once where it is not there', () => {
    expect(() => moduleTask(main, './nowhere.ts', 'work')).toThrow(
      expect.objectContaining({ code: 'GRID_CLIENT_BAD_OPTION', message: expect.stringMatching(/nowhere\.ts/) }),
    );
  });

  it('fails the task where it has no such function, and tells which there are', async () => {
    for (const name of ['nexxt', 'notAFunction', 'toString']) {
      const loading = runOn(newDecoder(), moduleTask(main, './counter.ts', name));
      await expect(loading).rejects.toMatchObject({ details: { reason: 'NOEXPORT' } });
      await expect(loading).rejects.toThrow(/exports no function '\w+'; there are .*next/);
    }
  });

  it('fails where code may not be evaluated', async () => {
    const decoder = new FunctionDecoder({ root: folder, mayEvaluate: () => false });
    const loading = runOn(decoder, moduleTask(main, './counter.ts', 'next'));
    await expect(loading).rejects.toMatchObject({ details: { reason: 'UNTRUSTED' } });
  });
});

describe('an installed function', () => {
  it('is loaded where it runs, whatever is installed here', async () => {
    expect(await runOn(newDecoder(), importTask('esm-only', 'triple'), 2)).toBe(6);
    expect(await runOn(newDecoder(), importTask('old', 'half'), 4)).toBe(2);
    expect(await runOn(newDecoder(), importTask('node:path', 'basename'), '/a/b')).toBe('b');
    write({ 'jobs.mjs': 'export default (x) => x + 1;' });
    expect(await runOn(newDecoder(), importTask(join(folder, 'jobs.mjs'), 'default'), 1)).toBe(2);
    expect(encoder.capture(importTask(join(folder, 'jobs.mjs'), 'default')).name).toBe('jobs');
  });

  it.each([
    ['not-here', 'x', 'NOPKG', /'not-here' is not installed .* on worker tcp:\/\/w:1; install it on every worker/],
    [
      'esm-only',
      'tripel',
      'NOEXPORT',
      /'esm-only\.tripel' has no export 'tripel' here on worker .*; there are .*triple/,
    ],
    ['esm-only', 'loads', 'NOEXPORT', /'esm-only\.loads' is no function here/],
    ['/nowhere/jobs.mjs', 'x', 'NOPKG', /there is no file '\/nowhere\/jobs\.mjs' on worker/],
    ['upload:jobs.mjs', 'x', 'NOUPLOAD', /there is no upload 'jobs\.mjs' \(nothing was uploaded\)/],
  ])('%s %s that is not there fails the task: %s', async (module, name, reason, message) => {
    const loading = runOn(newDecoder(), importTask(module, name));
    await expect(loading).rejects.toMatchObject({ code: 'GRID_PROTOCOL_FUNCTION_LOAD', details: { reason } });
    await expect(loading).rejects.toThrow(message);
  });

  it.each(['./jobs.js', '../jobs.js', '#jobs', ''])('with the path %j is refused at once', (path) => {
    expect(() => importTask(path, 'x')).toThrow(expect.objectContaining({ code: 'GRID_CLIENT_BAD_OPTION' }));
  });
});
