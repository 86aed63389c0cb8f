import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isGridError } from '@grid/common';
import {
  decodeValue,
  encodeValue,
  FunctionDecoder,
  FunctionEncoder,
  payloadHasCode,
  tokenize,
} from '../../src/index.js';
import type { CallableValue } from '../../src/index.js';
import { rm } from 'node:fs/promises';
import { Programs } from './programs.js';

type Plain = (...args: unknown[]) => unknown;

const encoder = new FunctionEncoder();
afterAll(() => encoder.close());

async function restored(fn: unknown): Promise<Plain> {
  const decoder = new FunctionDecoder({ root: process.cwd() });
  return (await decoder.load(encoder.capture(fn as CallableValue))) as Plain;
}

function reasonOf(fn: unknown): unknown {
  try {
    encoder.capture(fn as CallableValue);
  } catch (error) {
    if (isGridError(error, 'GRID_PROTOCOL_CAPTURE')) return error.details['reason'];
    throw error;
  }
  return 'captured';
}

describe('values are those of the moment of the capture', () => {
  test('of a variable that changes later', async () => {
    let rate = 1;
    const fn = (): number => rate;
    const first = encoder.capture(fn);
    rate = 2;
    const decoder = new FunctionDecoder({ root: '/' });
    expect([(await decoder.load(first))(), (await decoder.load(encoder.capture(fn)))()]).toEqual([1, 2]);
    rate = 3;
    expect((await restored(fn))()).toBe(3);
  });

  test('of an object that changes later', async () => {
    const config = { rate: 1 };
    const fn = (): number => config.rate;
    encoder.capture(fn);
    encoder.capture(fn);
    config.rate = 5;
    expect((await restored(fn))()).toBe(5);
  });
});

describe('the hash of a function', () => {
  const make = (k: unknown) => (): unknown => k;

  test('is that of its code and of what it captures', () => {
    const hashes = [1, 1, 2, '1', { a: 1 }, { a: 1 }, { a: 2 }].map((k) => encoder.capture(make(k)).hash);
    expect(hashes[0]).toBe(hashes[1]);
    expect(hashes[4]).toBe(hashes[5]);
    expect(new Set(hashes).size).toBe(5);
    expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/);
  });

  test('follows large captured data', () => {
    const hashes = [1, 1, 2].map((k) => encoder.capture(make(new Float64Array(1000).fill(k))).hash);
    expect(hashes[0]).toBe(hashes[1]);
    expect(hashes[0]).not.toBe(hashes[2]);
  });

  test('does not change when the same function is captured again and again', () => {
    const k = 4;
    const fn = (): number => k;
    expect(new Set([1, 2, 3, 4].map(() => encoder.capture(fn).hash)).size).toBe(1);
  });

  test('makes tokens of values that hold functions', () => {
    const hashOf = (fn: CallableValue): string | undefined => encoder.hashOf(fn);
    expect(tokenize([make(1)], 'f', { hashOf })).toBe(tokenize([make(1)], 'f', { hashOf }));
    expect(tokenize([make(Promise.resolve())], 'f', { hashOf })).toBeUndefined();
  });
});

test('a function that was captured before is not captured again, if nothing it captures can change', () => {
  const k = 4;
  const fn = (): number => k;
  encoder.capture(fn);
  const second = encoder.capture(fn).payload;
  expect(encoder.capture(fn).payload).toBe(second);
});

test('strictness is kept', async () => {
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the only way to a sloppy function in a module
  const sloppy = new Function('return this === undefined ? "strict" : "sloppy"') as Plain;
  expect([
    await (await restored(sloppy))(),
    (
      await restored(function (this: unknown) {
        return this === undefined;
      })
    )(),
  ]).toEqual(['sloppy', true]);
});

test('names of functions and methods are kept', async () => {
  const named = (x: number): number => x;
  const { method } = {
    method(): number {
      return 1;
    },
  };
  const holder = {
    [Symbol.iterator](): number {
      return 2;
    },
  };
  expect([(await restored(named)).name, (await restored(method)).name]).toEqual(['named', 'method']);
  expect((await restored(holder[Symbol.iterator]))()).toBe(2);
});

test('the name for people can be given', () => {
  expect(encoder.capture((x: number) => x, { name: 'score' }).name).toBe('score');
  expect(encoder.capture((x: number) => x).name).toBe('anonymous');
});

test('a payload of a function says that it has code, and is refused as data', () => {
  const { payload } = encoder.capture(() => 1);
  expect(payloadHasCode(payload)).toBe(true);
  expect(() => decodeValue(payload)).toThrow(expect.objectContaining({ code: 'GRID_PROTOCOL_BAD_VALUE' }));
});

test('code in a value needs what it refers to loaded first', async () => {
  const value = encodeValue({ run: (await import('node:path')).join }, { code: encoder });
  const decoder = new FunctionDecoder({ root: '/' });
  expect(() => decodeValue(value, { code: decoder })).toThrow(
    expect.objectContaining({ code: 'GRID_PROTOCOL_FUNCTION_LOAD' }),
  );
  await decoder.prepare(value);
  expect((decodeValue(value, { code: decoder }) as { run: Plain }).run('a', 'b')).toBe('a/b');
});

test('instances of own classes come back without evaluating anything, and other code can be refused', async () => {
  class Point {
    readonly x = 3;
  }
  const decoder = new FunctionDecoder({ root: '/', mayEvaluate: () => false });
  const instance = encodeValue(new Point(), { code: encoder });
  await decoder.prepare(instance);
  expect(decodeValue(instance, { code: decoder })).toBeInstanceOf(Point);
  await expect(decoder.load(encoder.capture(() => 1))).rejects.toMatchObject({ details: { reason: 'UNTRUSTED' } });
});

test('code whose hash is wrong is not evaluated', async () => {
  const captured = encoder.capture(() => 'harmless');
  const units = captured.units.map(({ hash, body }) => {
    const changed = body.slice();
    changed.set(Buffer.from('harmful!'), Buffer.from(body).indexOf('harmless'));
    return { hash, body: changed };
  });
  await expect(new FunctionDecoder({ root: '/' }).load({ ...captured, units })).rejects.toMatchObject({
    code: 'GRID_PROTOCOL_BAD_VALUE',
  });
});

test('a refusal inside an argument names the path to the function and what is wrong in it', () => {
  const socket = Promise.resolve();
  const args = [{ onDone: () => socket }];
  expect(() => encodeValue(args, { code: encoder, rootName: 'argument' })).toThrow(
    /cannot serialise argument\[0\]\.onDone: cannot send function 'onDone'.*to a worker: 'socket' is a Promise/,
  );
});

test('what cannot be read is refused with its kind', () => {
  expect(reasonOf(new Proxy(() => 1, {}))).toBe('PROXY');
  expect(reasonOf(async () => import('./programs.js'))).toBe('IMPORT');
  expect(reasonOf(Object.assign.bind(null, Promise.resolve()))).toBe('PROMISE');
});

describe('programs', () => {
  let programs: Programs;
  beforeAll(async () => {
    programs = await Programs.build();
  }, 60_000);
  afterAll(() => programs[Symbol.asyncDispose]());

  const PACKAGE = {
    'node_modules/fake/package.json':
      '{"name":"fake","version":"1.2.0","type":"module","exports":{".":{"import":"./main.mjs"},"./sub":"./sub.mjs"}}',
    'node_modules/fake/main.mjs':
      'export const add = (a, b) => a + b; export class Box { constructor(n) { this.n = n } }; export const make = () => () => 1;',
    'node_modules/fake/sub.mjs': 'export default (x) => x * 3;',
  };
  const SEND = `
    const { fn } = await import('./send.mjs');
    const payload = new lib.FunctionEncoder().capture(fn);
    const decoder = new lib.FunctionDecoder({ root: process.argv[2] ?? process.cwd() });
    try { return { value: (await decoder.load(payload))(2) }; }
    catch (error) { return { reason: error.details?.reason, message: error.message }; }`;

  test('packages go by reference, and are found from the file that imports them', async () => {
    const world = await programs.write({
      ...PACKAGE,
      'send.mjs': `import { add, Box } from 'fake'; import triple from 'fake/sub'; import * as all from 'fake';
        export const fn = (x) => [add(x, 1), new Box(x) instanceof all.Box, triple(x)];`,
    });
    expect(await programs.run(world, 'main.mjs', SEND)).toEqual({ value: [3, true, 6] });
  });

  test.each([
    ['NOPKG', /package 'fake' \(1\.2\.0 where the function comes from\) is not installed/, undefined],
    ['PKGVER', /'fake' is 2\.0\.0 here/, { version: '2.0.0', code: PACKAGE['node_modules/fake/main.mjs'] }],
    ['NOEXPORT', /'fake\.add' has no export 'add'/, { version: '1.9.0', code: 'export const other = 1;' }],
    ['found', /^$/, { version: '1.3.1', code: 'export const add = (a, b) => a + b + 100;' }],
  ])('%s on a worker elsewhere', async (reason, message, there) => {
    const sender = await programs.write({
      ...PACKAGE,
      'send.mjs': "import { add } from 'fake'; export const fn = (x) => add(x, 1);",
    });
    const sent = await programs.run(
      sender,
      'main.mjs',
      `
      const { fn } = await import('./send.mjs');
      return (await import('node:v8')).serialize(new lib.FunctionEncoder().capture(fn)).toString('base64');`,
    );
    const worker = await programs.write(
      there === undefined
        ? {}
        : {
            'node_modules/fake/package.json': JSON.stringify({
              name: 'fake',
              version: there.version,
              type: 'module',
              exports: './main.mjs',
            }),
            'node_modules/fake/main.mjs': there.code,
          },
    );
    // The folder of the sender is on another machine.
    await rm(sender, { recursive: true });
    const outcome = await programs.run(
      worker,
      'worker.mjs',
      `
      const sent = (await import('node:v8')).deserialize(Buffer.from(${JSON.stringify(sent)}, 'base64'));
      const decoder = new lib.FunctionDecoder({ root: ${JSON.stringify(worker)} });
      try { return { value: (await decoder.load(sent))(2) }; }
      catch (error) { return { reason: error.details?.reason, message: error.message }; }`,
    );
    if (reason === 'found') expect(outcome).toEqual({ value: 103 });
    else expect(outcome).toEqual({ reason, message: expect.stringMatching(message) });
  });

  test('a package of this library in a workspace goes by reference, and a program beside it by value', async () => {
    const world = await programs.write({
      'packages/fake/package.json':
        '{"name":"@grid/fake","version":"0.1.0","type":"module","exports":{".":{"import":"./dist/index.mjs"}}}',
      'packages/fake/dist/index.mjs': `
        export class Client {} export class Future {} export const tools = { who: 'the library' };
        export const greet = (x) => 'hello ' + x + ' from ' + tools.who;`,
      'apps/demo/package.json': '{"name":"@grid/demo","private":true,"type":"module"}',
      'apps/demo/node_modules/@grid/fake->': 'packages/fake',
      'apps/demo/send.mjs': `import { greet, Client, Future } from '@grid/fake';
        const own = (x) => greet(x) + '!'; const client = new Client(); const future = new Future();
        export const fn = (x) => own(x); export const useClient = () => client; export const useFuture = () => future;`,
    });
    expect(await programs.run(world, 'apps/demo/main.mjs', SEND)).toEqual({ value: 'hello 2 from the library!' });
    const refusals = await programs.run(
      world,
      'apps/demo/main.mjs',
      `
      const { useClient, useFuture } = await import('./send.mjs');
      const encoder = new lib.FunctionEncoder();
      return [useClient, useFuture].map((fn) => { try { encoder.capture(fn); } catch (error) { return [error.details.reason, error.details.fix]; } });`,
    );
    expect(refusals).toEqual([
      ['CLIENT', expect.stringContaining('getClient()')],
      ['FUTURE', expect.stringContaining('as an argument')],
    ]);
  });

  test('another process gives the same hash', async () => {
    const files = {
      ...PACKAGE,
      'send.mjs': `import { add } from 'fake'; class Point { constructor(x) { this.x = x } }
      const p = new Point(3); const helper = (x) => add(x, p.x); export const fn = (x) => helper(x);`,
    };
    const hash = "const { fn } = await import('./send.mjs'); return new lib.FunctionEncoder().capture(fn).hash;";
    const [one, two] = [await programs.write(files), await programs.write(files)];
    const changed = await programs.write({
      ...files,
      'send.mjs': files['send.mjs'].replace('add(x, p.x)', 'add(x, p.x) + 0'),
    });
    const first = await programs.run(one, 'main.mjs', hash);
    expect(await programs.run(two, 'main.mjs', hash)).toBe(first);
    expect(await programs.run(changed, 'main.mjs', hash)).not.toBe(first);
  });

  test('an instance that another run of the program made is of the own class, unless the class is another one', async () => {
    const files = {
      'send.mjs':
        'export const make = (k) => class Point { constructor(x) { this.x = x } get y() { return this.x * k } }; export const Point = make(2);',
    };
    const world = await programs.write(files);
    const sent = await programs.run(
      world,
      'one.mjs',
      `
      const { Point } = await import('./send.mjs');
      const { body } = lib.encodeValue(new Point(3), { code: new lib.FunctionEncoder() });
      return Buffer.from(body).toString('base64');`,
    );
    const outcome = await programs.run(
      world,
      'two.mjs',
      `
      const { Point, make } = await import('./send.mjs');
      const encoder = new lib.FunctionEncoder();
      const Other = make(3);
      for (const known of [Other, Point]) encoder.capture(known);
      const payload = { body: new Uint8Array(Buffer.from(${JSON.stringify(sent)}, 'base64')), buffers: [] };
      const value = lib.decodeValue(payload, { code: new lib.FunctionDecoder({ root: '/' }) });
      return [value instanceof Point, value instanceof Other, value.y];`,
    );
    expect(outcome).toEqual([true, false, 6]);
  });

  test('an error whose class is in a package that is not here keeps name, message and fields', async () => {
    const files = {
      ...PACKAGE,
      'node_modules/fake/main.mjs': 'export class FakeError extends Error { status = 5 }',
      'send.mjs': "export { FakeError } from 'fake';",
    };
    const sender = await programs.write(files);
    const sent = await programs.run(
      sender,
      'main.mjs',
      `
      const { FakeError } = await import('./send.mjs');
      const { body } = lib.encodeError(new FakeError('broken'), { code: new lib.FunctionEncoder() });
      return Buffer.from(body).toString('base64');`,
    );
    const open = `
      const payload = { body: new Uint8Array(Buffer.from(${JSON.stringify(sent)}, 'base64')), buffers: [] };
      const error = await new lib.FunctionDecoder({ root: '/' }).openError(payload);
      return [error instanceof Error, error.name, error.constructor.name, error.message, error.status];`;
    const elsewhere = await programs.write({});
    await rm(sender, { recursive: true });
    const found = await programs.run(elsewhere, 'main.mjs', open);
    expect(found).toEqual([true, expect.stringMatching(/Error/), 'FakeError', 'broken', 5]);
  });

  test('import.meta is that of the side that sends', async () => {
    const world = await programs.write({
      'send.mjs': 'export const fn = () => [import.meta.url, import.meta.dirname];',
    });
    expect(await programs.run(world, 'main.mjs', SEND)).toEqual({ value: [`file://${world}/send.mjs`, world] });
  });

  test('without permission for the inspector the error says so', async () => {
    const world = await programs.write({ 'send.mjs': 'const k = 1; export const fn = () => k;' });
    const outcome = await programs.run(
      world,
      'main.mjs',
      `
      const { fn } = await import('./send.mjs');
      try { new lib.FunctionEncoder().capture(fn); } catch (error) { return error.details.reason; }`,
      ['--experimental-permission', '--allow-fs-read=*', '--no-warnings'],
    );
    expect(outcome).toBe('NOINSPECT');
  });

  test('a function that a package has made is refused, with a way out', async () => {
    const world = await programs.write({
      ...PACKAGE,
      'send.mjs': "import { make } from 'fake'; const inner = make(); export const fn = () => inner();",
    });
    const outcome = await programs.run(
      world,
      'main.mjs',
      `
      const { fn } = await import('./send.mjs');
      try { new lib.FunctionEncoder().capture(fn); } catch (error) { return [error.details.reason, error.message]; }`,
    );
    expect(outcome).toEqual([
      'PKGLOCAL',
      expect.stringMatching(/'inner' was made inside package 'fake'[^]*make it inside the function/),
    ]);
  });

  test('5000 fresh closures leave no heap behind and share one unit of code', async () => {
    const world = await programs.write({});
    const outcome = (await programs.run(
      world,
      'main.mjs',
      `
      const encoder = new lib.FunctionEncoder();
      const decoder = new lib.FunctionDecoder({ root: '/' });
      const once = (i) => encoder.capture((x) => x + i);
      for (let i = 0; i < 1000; i++) await decoder.load(once(i));
      globalThis.gc();
      const before = process.memoryUsage().heapUsed;
      for (let i = 0; i < 5000; i++) await decoder.load(once(i));
      globalThis.gc();
      return process.memoryUsage().heapUsed - before;`,
      ['--expose-gc'],
    )) as number;
    expect(outcome).toBeLessThan(4 << 20);
  }, 60_000);

  test('restoring a function loads no parser', async () => {
    const world = await programs.write({ 'send.mjs': 'const k = 41; export const fn = (x) => x + k;' });
    const sent = await programs.run(
      world,
      'main.mjs',
      `
      const { fn } = await import('./send.mjs');
      return (await import('node:v8')).serialize(new lib.FunctionEncoder().capture(fn)).toString('base64');`,
    );
    const outcome = await programs.run(
      world,
      'worker.mjs',
      `
      const sent = (await import('node:v8')).deserialize(Buffer.from(${JSON.stringify(sent)}, 'base64'));
      const fn = await new lib.FunctionDecoder({ root: '/' }).load(sent);
      const session = new (await import('node:inspector')).Session();
      session.connect();
      const urls = [];
      session.on('Debugger.scriptParsed', ({ params }) => urls.push(params.url));
      session.post('Debugger.enable');
      return [fn(1), urls.some((url) => /acorn|functions\\/parser/.test(url))];`,
    );
    expect(outcome).toEqual([42, false]);
  });
});
