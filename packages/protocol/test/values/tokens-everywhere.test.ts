import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { Programs } from '../functions/programs.js';
import type { Files } from '../functions/programs.js';
import { PROGRAM, tokensOf } from './token-programs.js';

/** Tokens that stored results are found by. `GRID_WRITE_TOKENS=1` writes them anew; raise `TOKEN_VERSION` with it. */
const GOLDEN = new URL('tokens.golden.json', import.meta.url);

let programs: Programs;
let tokens: Record<string, string | null>;

beforeAll(async () => {
  programs = await Programs.build();
  tokens = await tokensOf(programs, await programs.write(PROGRAM));
  if (process.env['GRID_WRITE_TOKENS'] === '1') await writeFile(GOLDEN, `${JSON.stringify(tokens, null, 2)}\n`);
}, 60_000);

afterAll(async () => programs[Symbol.asyncDispose]());

async function tokensWith(changed: Files): Promise<Record<string, string | null>> {
  return tokensOf(programs, await programs.write({ ...PROGRAM, ...changed }));
}

function replaced(file: string, what: string, by: string): Files {
  const before = PROGRAM[file] as string;
  expect(before).toContain(what);
  return { [file]: before.replace(what, by) };
}

function changesOf(after: Record<string, string | null>): string[] {
  return Object.keys(tokens).filter((name) => tokens[name] !== after[name]);
}

test('tokens are the same on every machine, in every folder and with every version of Node', async () => {
  expect(tokens).toEqual(JSON.parse(await readFile(GOLDEN, 'utf8')));
});

test('every value of them has a token, and no two have the same', () => {
  const all = Object.values(tokens);
  expect(all).not.toContain(null);
  expect(new Set(all).size).toBe(all.length);
});

test('a captured value changes the tokens of what captures it, and no others', async () => {
  expect(changesOf(await tokensWith(replaced('values.mjs', 'const offset = 41', 'const offset = 42')))).toEqual([
    'function with a captured number',
    'function with a function of a package',
    'recursive function',
  ]);
  expect(changesOf(await tokensWith(replaced('values.mjs', 'fill(0.5)', 'fill(0.25)')))).toEqual([
    'views',
    'function with a captured view',
  ]);
  expect(changesOf(await tokensWith(replaced('values.mjs', '{ n: 0 }', '{ n: 1 }')))).toEqual([
    'function with a captured object',
  ]);
});

test('the body of a helper in another file changes the tokens of all that use it', async () => {
  expect(changesOf(await tokensWith(replaced('helpers.mjs', 'x * factor', 'x * factor * 1')))).toEqual([
    'function with a helper of another file',
    'bound function',
  ]);
  expect(changesOf(await tokensWith(replaced('helpers.mjs', 'factor = 3', 'factor = 4')))).toEqual([
    'function with a helper of another file',
    'bound function',
  ]);
  expect(changesOf(await tokensWith(replaced('helpers.mjs', 'return 0', 'return 1')))).toEqual([
    'instance of an own class',
    'class',
  ]);
});

test('the version of a package changes the tokens of all that use it', async () => {
  expect(changesOf(await tokensWith(replaced('node_modules/fake/package.json', '1.2.3', '1.2.4')))).toEqual([
    'instance of a package’s class',
    'function with a function of a package',
    // A function of a package that captures nothing is sent itself, so its code counts and not where it came from.
  ]);
});

test('neither comments elsewhere in a file nor the order of its declarations change a token', async () => {
  const moved = replaced('values.mjs', 'const offset = 41;', '// moved\n');
  const after = {
    'values.mjs': (moved['values.mjs'] as string).replace('const cyclic', 'const offset = 41;\nconst cyclic'),
  };
  expect(changesOf(await tokensWith(after))).toEqual([]);
});
