import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { Outcome } from './fixtures/user-program/places.js';
import { UserProgram, type SetUp } from './support/user-program.js';

let program: UserProgram;

beforeAll(() => {
  program = new UserProgram();
});

afterAll(() => program[Symbol.dispose]());

async function outcomesIn(setUp: SetUp): Promise<readonly Outcome[]> {
  await using places = await program.start(setUp, 'places');
  return await places.firstJson<readonly Outcome[]>();
}

/** Where in a source the marked word is: `line:column`, counted from 1. */
function markIn(file: string): string {
  const before = /^[^]*\/\*!\*\/\s*/.exec(UserProgram.source(file))?.[0] ?? '';
  const lines = before.split('\n');
  return `${lines.length}:${(lines.at(-1) ?? '').length + 1}`;
}

const ofTypeScript: readonly SetUp[] = ['tsx', 'tsc, CommonJS', 'a bundle', 'a minified bundle'];
// Node itself runs TypeScript from 22.18 on.
const native: readonly SetUp[] =
  'typescript' in process.features && process.features.typescript ? ['native TypeScript'] : [];
const setUps: readonly SetUp[] = ['plain ESM', ...ofTypeScript, ...native];

describe.each(setUps)('in %s, an error that a task throws', (setUp) => {
  let outcomes: readonly Outcome[];

  beforeAll(async () => {
    outcomes = await outcomesIn(setUp);
  });

  it('comes from the same file, line and column as where the function runs at home', () => {
    expect(outcomes.map(({ job, there }) => [job, there])).toEqual(outcomes.map(({ job, here }) => [job, here]));
    for (const { here } of outcomes) expect(here.length).toBeGreaterThanOrEqual(2);
  });

  it('comes from the file that was written, through helpers two files deep', () => {
    const atOnce = outcomes.find(({ job }) => job === 'atOnce');
    const isTypeScript = setUp !== 'plain ESM';
    const extension = isTypeScript ? 'ts' : 'js';
    const files = ['deep', 'helpers', 'helpers', 'jobs', 'jobs'].map((name) => `${name}.${extension}`);
    expect(atOnce?.there.slice(0, 5).map((place) => place.split(':')[0])).toEqual(files);
    if (isTypeScript) expect(atOnce?.there[0]).toBe(`deep.ts:${markIn('deep.ts')}`);
  });

  it('is of the program’s own class', () => {
    const own = outcomes.filter(({ isOwnClass }) => isOwnClass).map(({ job }) => job);
    expect(own).toEqual(['atOnce', 'later', 'inAMethod', 'inACallback', 'severalTimes']);
  });

  it('shows the frames of a package, and none of the worker', () => {
    const inAPackage = outcomes.find(({ job }) => job === 'inAPackage');
    expect(inAPackage?.stack).toMatch(/(?: +at .*node_modules\/acorn\/dist\/acorn\.m?js:\d+:\d+\)\n){3}/);
    for (const { stack } of outcomes) {
      expect(stack).not.toMatch(/@grid|\/packages\/|node:internal\/(?:process|timers)|grid-task:/);
    }
  });
});
