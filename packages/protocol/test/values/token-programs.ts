import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Files, Programs } from '../functions/programs.js';

const run = promisify(execFile);

/** `GRID_TEST_NODE=/path/to/another/node` holds another version of Node to the same tokens. */
const NODE = process.env['GRID_TEST_NODE'] ?? process.execPath;

/** A user's program whose values and functions have tokens, with a package that it uses. */
export const PROGRAM: Files = {
  'package.json': '{"name":"a-users-program","private":true,"type":"module"}',
  'node_modules/fake/package.json': '{"name":"fake","version":"1.2.3","type":"module","exports":"./index.js"}',
  'node_modules/fake/index.js':
    'export const add = (x, y) => x + y; export class Box { constructor(x) { this.x = x } }',
  'helpers.mjs': `
    export const factor = 3;
    export const scale = (x) => x * factor;
    export class Shape { constructor(name) { this.name = name } area() { return 0 } }
    export class Square extends Shape { constructor(side) { super('square'); this.side = side } area() { return this.side ** 2 } }`,
  'values.mjs': `
    import { add, Box } from 'fake';
    import { join } from 'node:path';
    import * as os from 'node:os';
    import { scale, Square } from './helpers.mjs';
    const offset = 41;
    const big = new Float64Array(2000).fill(0.5);
    const counter = { n: 0 };
    function recursive(n) { return n === 0 ? offset : recursive(n - 1) }
    class Money {
      #cents; constructor(cents) { this.#cents = cents }
      static [Symbol.for('grid.serialize')](m) { return m.#cents }
      static [Symbol.for('grid.deserialize')](c) { return new Money(c) }
    }
    class Named { constructor(id) { this.id = id; this.noise = Math.random() } [Symbol.for('grid.tokenize')]() { return this.id } }
    const cyclic = { name: 'c' }; cyclic.self = cyclic;
    const nan = new Float64Array(new BigUint64Array([0x7ff8000000000001n]).buffer)[0];
    export const values = {
      numbers: [0, -0, 1, -1, 1.5, 2 ** 40, NaN, nan, Infinity, 1e-300],
      texts: ['', 'text', 'ü', '\\ud800', 'x'.repeat(100)],
      others: [true, false, null, undefined, 10n, -(2n ** 80n), Symbol.for('s'), Symbol.iterator],
      arrays: [[], [1, , 3], [[1], [2]], Object.assign(['a'], { index: 1 })],
      objects: { b: [1], a: { y: 1, x: 2 }, nothing: Object.create(null), ['__proto__']: 1, [Symbol.for('k')]: 2 },
      collections: [new Map([['k', new Set([1, 'x'])], ['j', 2]]), new Set([{ b: 1, a: 2 }, 1])],
      'built-ins': [new Date(0), new Date(NaN), /a+/gi, new URL('http://a.example/?q'), Object(1), Object('s')],
      views: [new Uint8Array(600), Buffer.from('abc'), new DataView(new ArrayBuffer(8), 2, 3), new ArrayBuffer(5), big],
      errors: [new TypeError('t', { cause: new Error('c') }), new AggregateError([1], 'a'), Object.assign(new Error('e'), { code: 'E' })],
      cycle: cyclic,
      'instance of an own class': new Square(2),
      'instance of a package’s class': new Box(2),
      'instance that says how it travels': new Money(5),
      'instance that says what identifies it': [new Named(1), new Named('1')],
      'function without captures': (x) => x * 2,
      'function with a captured number': (x) => x + offset,
      'function with a captured view': () => big[3],
      'function with a captured object': () => counter.n,
      'function with a helper of another file': (x) => scale(x) + 1,
      'function with a function of a package': (x) => add(x, offset),
      'function with modules of Node': (x) => join(x, os.EOL),
      'function with globals': (x) => Math.max(x, Number.MAX_VALUE, globalThis.name),
      'recursive function': recursive,
      'async function': async (x) => { await 0; return x },
      'generator': function* () { yield 1 },
      'bound function': scale.bind(null, 2),
      'method': { m(x) { return x } }.m,
      'class': Square,
      'function of a package': add,
      'function of the language': Math.max,
      'function of Node': join,
      'values with functions': [1, { f: (x) => x }],
    };`,
};

/** Tokens of all values of {@link PROGRAM}, by name, as a process of its own makes them. */
export async function tokensOf(programs: Programs, world: string): Promise<Record<string, string | null>> {
  const program = `
    import { tokenize, FunctionEncoder } from ${JSON.stringify(join(programs.folder, 'lib/index.js'))};
    import { values } from './values.mjs';
    const encoder = new FunctionEncoder();
    const hashOf = (fn, instance) => encoder.hashOf(fn, instance);
    const tokens = Object.entries(values).map(([name, value]) => [name, tokenize(value, undefined, { hashOf }) ?? null]);
    process.stdout.write(JSON.stringify(Object.fromEntries(tokens)));`;
  const file = join(world, 'main.mjs');
  await writeFile(file, program);
  const { stdout } = await run(NODE, [file], { timeout: 60_000 });
  return JSON.parse(stdout) as Record<string, string | null>;
}
