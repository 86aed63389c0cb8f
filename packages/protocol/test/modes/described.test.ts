import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Programs } from '../functions/programs.js';

/* Functions that say how they travel, in programs of their own: what a package is, and what may be asked of the runtime. */

let programs: Programs;
beforeAll(async () => {
  programs = await Programs.build();
}, 60_000);
afterAll(() => programs[Symbol.asyncDispose]());

const LIBRARY = {
  'node_modules/lib/package.json': '{"name":"lib","version":"1.0.0","type":"module","exports":"./main.mjs"}',
  'node_modules/lib/main.mjs': `
    import { twice } from './twice.mjs'; import { basename } from 'node:path';
    let calls = 0;
    export class Box { constructor(n) { this.n = n; } get twice() { return twice(this.n); } }
    export const count = () => (calls += 1);
    export const calledSoFar = () => calls;
    export const make = (x) => new Box(x);
    export const file = (path) => basename(path);
    export const memo = (f) => (x) => f(x);`,
  'node_modules/lib/twice.mjs': 'export const twice = (x) => x * 2;',
};

const DESCRIBE = `
  const describe = (fn, options) => {
    const described = (...args) => fn(...args);
    lib.describeTask(described, { kind: 'function', fn, captures: undefined, name: undefined, pure: undefined, byValue: [], allowCaptureWrites: false, ...options });
    return described;
  };
  const tryCapture = (fn) => { try { return new lib.FunctionEncoder().capture(fn); } catch (error) { return [error.details.reason, error.message]; } };
  const runElsewhere = async (payload, ...args) => {
    try { return await (await new lib.FunctionDecoder({ root: '/', fallbackRoots: [] }).load(payload))(...args); }
    catch (error) { return [error.details?.reason, error.message]; }
  };`;

describe('code of a package', () => {
  const SEND = `
    import { make, count, calledSoFar, file, Box, memo } from 'lib';
    const doubled = memo((x) => x * 2);
    export const all = (x) => [make(x).twice, count(), count(), calledSoFar(), file('/a/b'), make(x) instanceof Box];
    export const local = (x) => doubled(x);`;

  test('goes by value where that is asked for, with its own files, its state and its classes', async () => {
    const world = await programs.write({ ...LIBRARY, 'send.mjs': SEND });
    const outcome = await programs.run(
      world,
      'main.mjs',
      `${DESCRIBE}
      const { all, local } = await import('./send.mjs');
      const byValue = ['lib'];
      const payloads = [describe(all, { byValue }), describe(local, { byValue })].map(tryCapture);
      const { rename } = await import('node:fs/promises');
      await rename('${world}/node_modules', '${world}/gone');
      return [await runElsewhere(payloads[0], 4), await runElsewhere(payloads[1], 4)];`,
    );
    expect(outcome).toEqual([[8, 1, 2, 2, 'b', true], 8]);
  });

  test('goes by reference in all other functions, and what it has made is refused with that way out', async () => {
    const world = await programs.write({ ...LIBRARY, 'send.mjs': SEND });
    const outcome = await programs.run(
      world,
      'main.mjs',
      `${DESCRIBE}
      const { all, local } = await import('./send.mjs');
      const encoder = new lib.FunctionEncoder();
      encoder.capture(describe(all, { byValue: ['lib'] }));
      const plain = encoder.capture(describe(all, { byValue: ['other'] }));
      return [Buffer.from(plain.payload.body).includes('this.n'), tryCapture(local)];`,
    );
    expect(outcome).toEqual([
      false,
      ['PKGLOCAL', expect.stringMatching(/'doubled' was made inside package 'lib'[^]*byValue: \['lib'\]/)],
    ]);
  });
});

describe('where the inspector is not permitted', () => {
  const SEND = `
    const k = 2; const helper = (x) => x + 1; class Point { constructor(x) { this.x = x; } }
    export const fn = (x) => new Point(helper(x) * k).x;
    export const given = { k, helper, Point };
    export const own = () => import.meta.url;
    export const fails = () => { throw new RangeError('here'); };`;

  test('functions go whose captures are given; the refusal of others says so', async () => {
    const world = await programs.write({ 'send.mjs': SEND });
    const outcome = await programs.run(
      world,
      'main.mjs',
      `${DESCRIBE}
      const { fn, given, own } = await import('./send.mjs');
      const imported = () => undefined;
      lib.describeTask(imported, { kind: 'import', specifier: 'node:path', exportName: 'basename', name: 'basename', pure: undefined });
      return [
        await runElsewhere(tryCapture(describe(fn, { captures: given })), 3),
        tryCapture(fn),
        tryCapture(describe(fn, {}))[0],
        tryCapture(describe(fn, { captures: { ...given, k: undefined, helper: (x) => x + world } })),
        tryCapture(describe(own, { captures: {} })),
        await runElsewhere(tryCapture(imported), '/a/b'),
      ];`,
      ['--experimental-permission', '--allow-fs-read=*', '--no-warnings'],
    );
    expect(outcome).toEqual([
      8,
      ['NOINSPECT', expect.stringMatching(/fix: say what it captures: task\(fn, \{ captures/)],
      'NOINSPECT',
      [
        'NOTGIVEN',
        expect.stringMatching(
          /'helper' uses 'world', which is neither a global nor among its captures[^]*task\(helper, /,
        ),
      ],
      ['NOTGIVEN', expect.stringMatching(/import\.meta/)],
      'b',
    ]);
  });

  test('nothing is left behind on the global object by the attempts', async () => {
    const world = await programs.write({ 'send.mjs': SEND });
    const outcome = await programs.run(
      world,
      'main.mjs',
      `${DESCRIBE}
      const { fn } = await import('./send.mjs');
      const before = Reflect.ownKeys(globalThis).length;
      for (let i = 0; i < 5; i += 1) tryCapture(fn);
      return Reflect.ownKeys(globalThis).length - before;`,
      ['--experimental-permission', '--allow-fs-read=*', '--no-warnings'],
    );
    // The identities of classes, which all encoders of a process share.
    expect(outcome).toBeLessThanOrEqual(1);
  });

  test('the place of an error is in the user file where it can be known, and in the code itself elsewhere', async () => {
    const world = await programs.write({ 'send.mjs': SEND });
    const body = `${DESCRIBE}
      const { fails } = await import('./send.mjs');
      const encoder = new lib.FunctionEncoder();
      const restored = await new lib.FunctionDecoder({ root: '/' }).load(encoder.capture(describe(fails, { captures: {} })));
      try { restored(); } catch (error) { return encoder.mapStack(error.stack).split('\\n')[1]; }`;
    expect(await programs.run(world, 'main.mjs', body)).toMatch(/send\.mjs:6:/);
    const permission = ['--experimental-permission', '--allow-fs-read=*', '--no-warnings'];
    expect(await programs.run(world, 'main.mjs', body, permission)).toMatch(/grid-task:\/\/\/[0-9a-f]{16}\//);
  });
});
