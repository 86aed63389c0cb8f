import { afterAll, describe, expect, test } from '@jest/globals';
import { isGridError } from '@grid/common';
import { createServer } from 'node:net';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { runInNewContext } from 'node:vm';
import { DO_NOT_CAPTURE, encodeValue, FunctionDecoder, FunctionEncoder } from '../../src/index.js';
import type { CallableValue, ProtocolError } from '../../src/index.js';

/** Errors name files as they are found from where the program was started. */
const HERE = relative(process.cwd(), fileURLToPath(import.meta.url));

const encoder = new FunctionEncoder();
afterAll(() => encoder.close());

/** The error that sending a function gives. */
function refusalOf(fn: unknown): ProtocolError {
  try {
    encoder.capture(fn as CallableValue);
  } catch (error) {
    if (isGridError(error, 'GRID_PROTOCOL_CAPTURE')) return error;
    throw error;
  }
  throw new Error('it was captured');
}

/** Its text, with numbers of lines taken out. */
function textOf(fn: unknown): string {
  return refusalOf(fn).message.replaceAll(/:\d+/g, '');
}

describe('a refusal', () => {
  const server = createServer();
  const database = { pool: { conn: server } };
  const loadUser = (id: number): unknown => [id, database.pool.conn];

  test('says what cannot travel, by which way, where that is written, and what to do', () => {
    const handler = (id: number): unknown => loadUser(id);
    expect(textOf(handler)).toBe(
      [
        `cannot send function 'handler' (${HERE}) to a worker: 'database.pool.conn' is an instance of Node's Server, which holds state of this process`,
        `  function 'handler' (${HERE})`,
        "    variable 'loadUser'",
        `      function 'loadUser' (${HERE})`,
        "        variable 'database' → .pool → .conn",
        '  fix: open it inside the function, or in a helper function that keeps it: `let open; const get = () => (open ??= …)`; capture only what is needed to open it, such as an address',
      ].join('\n'),
    );
  });

  test('has the same for programs', () => {
    expect(refusalOf(loadUser).details).toMatchObject({ reason: 'HANDLE', path: 'database.pool.conn' });
    expect(refusalOf(() => loadUser(1)).details['path']).toBe('loadUser → database.pool.conn');
  });

  test('does not repeat itself where it is printed', () => {
    expect(Object.keys(refusalOf(loadUser))).toEqual(['code', 'name']);
  });

  test('calls a bound function as the program does', () => {
    const shut = loadUser.bind(undefined, 1);
    expect(refusalOf(() => shut()).message).toContain("'database.pool.conn' is an instance");
    const hello = promisify((done: (error: Error | null) => void) => done(null)).bind(null);
    const { message, details } = refusalOf(() => hello());
    expect(message).toMatch(/ to a worker: 'hello' (?:is native|was made)/);
    expect(details['path']).toBe('hello');
  });

  test('calls a function without a name by its place', () => {
    expect(textOf(() => server)).toContain(`cannot send the function at ${HERE} to a worker: 'server' is`);
  });

  test('of a helper says which helper it is', () => {
    class Model {
      readonly size = 1;
      get getSize(): () => number {
        return () => this.size;
      }
    }
    const { getSize } = new Model();
    expect(textOf(() => getSize())).toContain("'getSize' is an arrow function that uses 'this' of the code around it");
  });
});

describe('the text says what to do about', () => {
  test('this, by the properties that are used of it', () => {
    const holder = {
      low: 1,
      high: 2,
      read(): number {
        return this.low;
      },
      clamp(): unknown {
        return (x: number) => Math.max(this.low, Math.min(this.high, x, this.low));
      },
      call(): unknown {
        return () => this.read();
      },
      whole(): unknown {
        return () => this;
      },
    };
    expect(textOf(holder.clamp())).toMatch(/for this\.low, this\.high\n {2}fix: write `const \{ low, high \} = this`/);
    expect(textOf(holder.call())).toMatch(/for this\.read\n {2}fix: read what it needs of this into variables/);
    expect(textOf(holder.whole())).toMatch(/around it\n {2}fix: read what it needs of this into variables/);
  });

  test('private members', () => {
    class Account {
      readonly #balance = 1;
      get balance(): number {
        return this.#balance;
      }
    }
    const account = new Account();
    expect(textOf(() => account.balance)).toMatch(
      /'account' is an instance of Account, which has private members \(#balance\)[^]*fix: write `private balance` instead/,
    );
  });

  test('a promise', () => {
    const rows = { first: Promise.resolve([1]) };
    expect(textOf(async () => rows.first)).toMatch(/'rows\.first' is a Promise[^]*fix: await it first/);
  });

  test('a name that nothing defines', () => {
    // @ts-expect-error -- nothing defines it
    expect(textOf(() => config.url)).toMatch(/it uses 'config', which is defined neither[^]*import 'config'/);
  });

  test('a counter', () => {
    let count = 0;
    const fn = (): unknown => (count += 1);
    expect(textOf(fn)).toMatch(/it assigns to the captured variable 'count'[^]*fix: return the value/);
  });

  test('what Node has made', () => {
    const lookup = promisify((done: (error: null, value: number) => void) => done(null, 1));
    expect(textOf(async () => lookup())).toMatch(/'lookup' is native, or was made by Node[^]*fix: make it inside/);
  });

  test('a variable whose declaration has not run', () => {
    expect(textOf(() => limit + 1)).toMatch(
      /it uses 'limit', which has no value yet[^]*fix: move the declaration of 'limit' up/,
    );
    const limit = 5;
    expect(encoder.capture(() => limit + 1).name).toBe('anonymous');
  });
});

test('a variable that is merely undefined is captured', () => {
  const nothing: unknown = undefined;
  const holder: { later?: unknown } = {};
  const { later } = holder;
  expect(() => encoder.capture(() => [nothing, later])).not.toThrow();
});

describe('what is marked never leaves the process', () => {
  const marked = { [DO_NOT_CAPTURE]: true, key: 'secret' };

  test.each<[string, () => unknown]>([
    ['an object', () => marked],
    ['a list', () => Object.assign([1], { [DO_NOT_CAPTURE]: true })],
    ['a buffer', () => Object.assign(Buffer.from('secret'), { [DO_NOT_CAPTURE]: true })],
    ['a function', () => Object.assign(() => 1, { [DO_NOT_CAPTURE]: true })],
    [
      'an instance of a marked class',
      () => {
        class Vault {
          static readonly [DO_NOT_CAPTURE] = true;
        }
        return new Vault();
      },
    ],
    [
      'an instance that says so itself',
      () => {
        class Vault {
          get [DO_NOT_CAPTURE](): boolean {
            return true;
          }
        }
        return new Vault();
      },
    ],
  ])('%s', (_, make) => {
    const settings = { inner: make() };
    const refusal = refusalOf(() => settings);
    expect(refusal.details).toMatchObject({ reason: 'MARKED', path: 'settings.inner' });
    expect(refusal.message).not.toContain('secret');
    expect(() => encodeValue([settings], { code: encoder })).toThrow(/grid\.doNotCapture/);
  });

  test('as an argument neither', () => {
    expect(() => encodeValue([{ a: marked }], { rootName: 'arguments' })).toThrow(
      expect.objectContaining({
        code: 'GRID_PROTOCOL_UNSERIALIZABLE',
        message: expect.stringMatching(/^cannot serialise arguments\[0\]\.a: it is marked/),
      }),
    );
  });
});

describe('a class of another realm', () => {
  test.each([
    [
      'of its own',
      'class Point { constructor(x) { this.x = x } size() { return Math.abs(this.x) } }; new Point(-3)',
      3,
    ],
    [
      'of that realm’s errors',
      'class Lost extends Error { size() { return this.message.length } }; new Lost("four")',
      4,
    ],
    ['of that realm’s maps', 'class Bag extends Map { size() { return 5 } }; new Bag([[1, 2]])', 5],
  ])('%s travels', async (_, code, size) => {
    const value = runInNewContext(code) as { size: () => number };
    const decoder = new FunctionDecoder({ root: '/' });
    const restored = await decoder.load(encoder.capture(() => value.size()));
    expect(restored()).toBe(size);
  });

  test('as a function of the language is the worker’s own', async () => {
    const max = runInNewContext('Math.max') as (...numbers: number[]) => number;
    const restored = await new FunctionDecoder({ root: '/' }).load(encoder.capture(max));
    expect(restored).toBe(Math.max);
  });
});
