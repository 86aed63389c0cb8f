import { expect, it } from '@jest/globals';
import { runStep } from './run-step.mjs';

const says = (line, code = 0) => ['node', '-e', `console.log(${JSON.stringify(line)}); process.exitCode = ${code}`];
const count = async (command) => {
  const { passed, failed } = await runStep({ name: 'test-of-run-step', command });
  return [passed, failed];
};

it('counts a step without numbers as one', async () => {
  expect(await count(says('fine'))).toEqual([1, 0]);
  expect(await count(says('not fine', 3))).toEqual([0, 1]);
});

it('takes the numbers of the last line', async () => {
  expect(await count(says('a\n7 passed, 2 failed', 1))).toEqual([7, 2]);
});

it('does not believe a last line without failures of a command that failed', async () => {
  expect(await count(says('7 passed, 0 failed', 1))).toEqual([7, 1]);
});

it('fails a command that does not exist', async () => {
  expect(await count(['no-such-command-here'])).toEqual([0, 1]);
});
