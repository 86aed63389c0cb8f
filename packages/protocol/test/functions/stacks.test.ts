import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { encodeError, FunctionDecoder, FunctionEncoder } from '../../src/index.js';

type Plain = (...args: unknown[]) => unknown;

const encoder = new FunctionEncoder();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'grid-stacks-'));
});

afterAll(async () => {
  encoder.close();
  await rm(folder, { recursive: true });
});

/** Evaluates a script under the name of a file, as a program is. Its value is a function that throws. */
function evaluate(file: string, source: string): Plain {
  return new Script(source, { filename: file }).runInThisContext() as Plain;
}

function thrownBy(fn: Plain): Error {
  try {
    fn();
  } catch (error) {
    return error as Error;
  }
  throw new Error('it did not throw');
}

async function restored(fn: Plain): Promise<Plain> {
  const decoder = new FunctionDecoder({ root: folder });
  return (await decoder.load(encoder.capture(fn))) as Plain;
}

/** Where in a file the frames of a stack are: `line:column`, innermost first. */
function placesIn(file: string, stack: string | undefined): string[] {
  return (stack ?? '').split('\n').flatMap((line) => {
    const at = line.indexOf(`${file}:`);
    return at < 0 ? [] : [line.slice(at + file.length + 1).replace(/\)$/, '')];
  });
}

const SCRIPTS: readonly (readonly [title: string, source: string])[] = [
  [
    'of a method behind static members and a superclass, all on one line',
    '(() => { class A { static { this.x = 1; } static y = [2]; run() { throw new Error("x"); } } class B extends A { static z = 3; go() { return this.run(); } } return () => new B().go(); })()',
  ],
  [
    'of methods with computed names',
    '(() => { const key = "run"; class A { [key](a) { return this[Symbol.iterator](a); } *[Symbol.iterator]() { return 1; } get [`g${1}`]() { throw new TypeError("g"); } } return () => { const a = new A(); a[key](); return a.g1; }; })()',
  ],
  [
    'of methods of objects',
    '(() => { const k = "a b"; const o = { [k](x) { throw new Error(x); }, get up() { return this[k]("u"); }, async later() {}, deep() { return this.up; } }; return () => o.deep(); })()',
  ],
  [
    'of a method that was taken off',
    '(() => { const { run } = { run(x) { throw new Error(x); } }; return () => run(1); })()',
  ],
  [
    'of functions that stand beside each other',
    '(() => { const f = (x) => { if (x) throw new Error("f"); }, g = (x) => [x].map((y) => f(y)); return () => { g(0); g(1); }; })()',
  ],
  [
    'with line ends of another system',
    '(() => {\r\n  const inner = () => {\r\n    throw new Error("x");\r\n  };\r\n  return () => {\r\n    // a comment\r\n    inner();\r\n  };\r\n})()',
  ],
  [
    'of functions with other forms',
    '(() => {\n  async function* many() {}\n  function Old() {\n    this.x = check(1);\n  }\n  const check = function checked(x) {\n    return ((y) => y.missing.more)(x);\n  };\n  return () => [many(), new Old()];\n})()',
  ],
  [
    'of a private method',
    '(() => { class A { #hidden() { throw new Error("p"); } static run() { new A().#hidden(); } } return () => A.run(); })()',
  ],
];

describe('the stack of a task is the one that the function has at home', () => {
  test.each(SCRIPTS)('%s', async (title, source) => {
    const file = join(folder, `${title.replaceAll(/[^a-z]+/g, '-')}.js`);
    const fn = evaluate(file, source);
    const there = thrownBy(await restored(fn));
    const places = placesIn(file, encoder.mapStack(there.stack ?? ''));
    expect(places).toEqual(placesIn(file, thrownBy(fn).stack));
    expect(places.length).toBeGreaterThan(0);
  });
});

test('of equal functions in two places the one that was captured last is meant', async () => {
  const file = join(folder, 'twice.js');
  const [first, second] = evaluate(
    file,
    '(() => [(k => () => { throw new Error(k); })(1),\n(k => () => { throw new Error(k); })(2)])()',
  ) as unknown as [Plain, Plain];
  for (const fn of [first, second, first]) {
    const there = thrownBy(await restored(fn));
    expect(placesIn(file, encoder.mapStack(there.stack ?? ''))).toEqual(placesIn(file, thrownBy(fn).stack));
  }
});

describe('through a source map', () => {
  /** A map that says: line 1 of the script is line 41 of the source. */
  const map = (source: string): string =>
    JSON.stringify({ version: 3, sources: [source], names: [], mappings: `${'A'}AwCA` });

  const throwing = (comment: string): string =>
    `(() => () => { throw new Error("x"); })()\n//# sourceMappingURL=${comment}`;

  test.each([
    ['in a file beside the script', 'beside.js', 'beside.js.map', '../src/a.ts', 'src/a.ts'],
    [
      'in another folder, whose paths are relative to it',
      'other.js',
      'maps/deep/other.js.map',
      '../../src/b.ts',
      'dist/src/b.ts',
    ],
    ['whose name is encoded', 'en code.js', 'en%20code.js.map', 'c.ts', 'dist/c.ts'],
  ])('%s', async (_, script, url, source, expected) => {
    const dist = join(folder, 'dist');
    await mkdir(join(dist, 'maps/deep'), { recursive: true });
    await writeFile(join(dist, decodeURIComponent(url)), map(source));
    const there = thrownBy(await restored(evaluate(join(dist, script), throwing(url))));
    expect(encoder.mapStack(there.stack ?? '')).toContain(`${join(folder, expected)}:41:`);
  });

  test('that is inside of the script, with or without base64, and whose sources are URLs', async () => {
    const text = map('webpack://app/./src/d.ts');
    const base64 = `data:application/json;charset=utf-8;base64,${Buffer.from(text).toString('base64')}`;
    for (const [i, url] of [base64, `data:application/json,${encodeURIComponent(text)}`].entries()) {
      const there = thrownBy(await restored(evaluate(join(folder, `inline-${String(i)}.js`), throwing(url))));
      expect(encoder.mapStack(there.stack ?? '')).toContain('webpack://app/src/d.ts:41:');
    }
  });

  test.each([
    ['that is missing', 'gone.js.map'],
    ['that is damaged', 'data:application/json,%7B'],
    ['that cannot be decoded', 'data:application/json,%'],
  ])('%s, places are those of the script', async (title, url) => {
    const file = join(folder, `${title.replaceAll(' ', '-')}.js`);
    const there = thrownBy(await restored(evaluate(file, throwing(url))));
    expect(placesIn(file, encoder.mapStack(there.stack ?? ''))).toEqual(['1:22']);
  });
});

test('an error whose class may not be evaluated here comes back as one of that name, with all that it holds', async () => {
  const make = (): Error => {
    class Inner extends RangeError {
      readonly page = 3;
      readonly onRetry = (): number => 1;
    }
    return new Inner('inside', { cause: new TypeError('why') });
  };
  const there = new FunctionEncoder();
  const payload = encodeError(make(), { code: there });
  there.close();
  const decoder = new FunctionDecoder({ root: folder, mayEvaluate: () => false });
  const error = (await decoder.openError(payload)) as Error & { page: number; onRetry: Plain };
  expect(error).toBeInstanceOf(RangeError);
  expect([error.constructor.name, error.message, error.page]).toEqual(['Inner', 'inside', 3]);
  expect(error.cause).toMatchObject({ message: 'why' });
  expect(() => error.onRetry()).toThrow(expect.objectContaining({ code: 'GRID_PROTOCOL_FUNCTION_LOAD' }));
});
