import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { Cost } from './fixtures/user-program/large.js';
import type { Made } from './fixtures/user-program/mistakes.js';
import { UserProgram } from './support/user-program.js';

let program: UserProgram;
let made: readonly Made[];

beforeAll(async () => {
  program = new UserProgram();
  await using mistakes = await program.start('tsx', 'mistakes');
  made = await mistakes.firstJson<readonly Made[]>();
});

afterAll(() => program[Symbol.dispose]());

describe('the error names the variable, the way to it, and what to do, for', () => {
  it.each([
    [
      'this',
      /it is an arrow function that uses 'this'.*, for this\.factor\n {2}fix: write `const \{ factor \} = this`/,
    ],
    [
      'private fields',
      /'account' is an instance of Account, .*\(#balance\).*\n[^]*fix: write `private balance` instead/,
    ],
    [
      'a socket',
      /'database\.pool\.connection' is an instance of Node's Server[^]*variable 'loadUser'\n +function 'loadUser' \(mistakes\.ts:\d+\)\n +variable 'database' → \.pool → \.connection\n {2}fix: open it inside the function/,
    ],
    ['a promise', /'rows' is a Promise\n[^]*fix: await it first/],
    [
      'a promise as an argument',
      /^cannot serialise arguments\[0\]\.page\[0\]: it is a Promise\n {2}fix: await it first/,
    ],
    [
      'a schema of a package',
      /'schema', an instance of ZodObject, was made inside package 'zod'[^]*fix: make it inside/,
    ],
    ['a function made by a package', /'parse' was made inside package 'zod'[^]*fix: make it inside the function/],
    ['an undeclared variable', /it uses 'config', which is defined neither[^]*fix: declare or import 'config'/],
    [
      'a variable before its declaration',
      /it uses 'limit', which has no value yet[^]*fix: move the declaration of 'limit'/,
    ],
    ['a counter', /it assigns to the captured variable 'count'[^]*fix: return the value/],
    ['a class of another realm', /'point' is an instance of Point, which has private members \(#x\)/],
  ])('%s', (mistake, text) => {
    const found = made.find((item) => item.mistake === mistake);
    expect(found?.message).toMatch(text);
    if (mistake !== 'a promise as an argument')
      expect(found?.message).toMatch(/^cannot send the function at mistakes\.ts:\d+ to a worker: /);
  });

  it('all of them with a stack that begins at the user’s call', () => {
    const calls = UserProgram.source('mistakes.ts').split('\n');
    for (const { stack, message } of made) {
      const frames = stack
        .slice(stack.indexOf(message) + message.length)
        .trim()
        .split('\n');
      const line = Number(/mistakes\.ts:(\d+):\d+\)?$/.exec(frames[0] ?? '')?.[1]);
      expect(calls[line - 1]).toMatch(/client\.(?:submit|map)\(/);
      expect(stack).not.toMatch(/@grid|\/packages\//);
    }
  });
});

describe('uncaught, in a terminal', () => {
  it('a mistake shows the user’s own line, then the text once, then the user’s own frames', async () => {
    await using terminal = await program.start('tsx', 'mistakes', ['a socket']);
    await terminal.ends();
    const [place = '', line = '', , ...rest] = terminal.stderr.split('\n');
    expect(place).toMatch(/mistakes\.ts:\d+$/);
    expect(line).toMatch(/^ *'a socket': \(\) => client\.submit\(/);
    const text = rest.join('\n');
    expect(text.match(/is an instance of Node's Server/g)).toHaveLength(1);
    expect(text).not.toMatch(/details|trail:|@grid|\/packages\//);
    expect(text.match(/\n {4}at /g)?.length).toBeLessThanOrEqual(4);
  });
});

describe('500 MB that a function captures', () => {
  it('get there with one warning, which names the variable, and nobody keeps more than one copy', async () => {
    await using large = await program.start('tsx', 'large');
    const { results, peaks, isHealthy } = await large.firstJson<Cost>();
    expect([results, isHealthy]).toEqual([[0, 1, 2, 62_499_999, 3].map((i) => [i, 1.5]), true]);
    // One copy, and what a process takes anyway.
    for (const peak of peaks) expect(peak).toBeLessThan(800e6);
    await large.ends();
    expect(large.stderr.match(/GridWarning/g)).toHaveLength(1);
    expect(large.stderr).toMatch(
      /\[GRID_CLIENT_LARGE_CAPTURE\] GridWarning: the function at large\.ts:\d+ captures 476\.8 MiB[^]*variable 'lookUp → table', Float64Array\(62500000\): 476\.8 MiB\n {2}fix: .*client\.scatter\(\[table\]\)/,
    );
  }, 60_000);
});
