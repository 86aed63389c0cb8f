import { expect, it } from '@jest/globals';
import { Linter } from 'eslint';
import tseslint from 'typescript-eslint';
import { corePurity } from './core-purity.js';

const config = [{ files: ['**/*.ts'], languageOptions: { parser: tseslint.parser } }, corePurity];
const complaints = (code, filename) => new Linter().verify(code, config, { filename }).map(({ ruleId }) => ruleId);

it.each([
  ['reads the clock', 'export const now = Date.now();'],
  ['sets a timer', 'setTimeout(() => {}, 1);'],
  ['draws chance', 'export const x = Math.random();'],
  ['knows the process', 'export const pid = process.pid;'],
  ['is asynchronous', 'export async function f(): Promise<void> {}'],
  ['hands out a promise', 'export const p = Promise.resolve(1);'],
  ['exports by default', 'export default 1;'],
  ['passes everything on', "export * from './x.js';"],
  ['throws a bare error', "throw new Error('no code');"],
  ['has an enum', 'export enum Colour { Red }'],
])('a core that %s is refused', (_case, code) => {
  expect(complaints(code, 'packages/graph/src/core/x.ts')).not.toEqual([]);
});

it('lets a shell do all that the core may not', () => {
  expect(complaints('export const now = Date.now();', 'packages/graph/src/shell/x.ts')).toEqual([]);
});

it('lets the test of a core use promises', () => {
  expect(complaints('export const p = Promise.resolve(1);', 'packages/graph/src/core/x.test.ts')).toEqual([]);
});
