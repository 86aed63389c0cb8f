/** Runs the type tests: a file `x.test-d.ts` passes if the compiler has nothing to say about it. */
import { spawnSync } from 'node:child_process';
import { globFiles } from '../scripts/glob-files.mjs';

const files = globFiles(['packages', 'apps'], (path) => path.endsWith('.test-d.ts'));
const { stdout, status } =
  files.length === 0
    ? { stdout: '', status: 0 }
    : spawnSync('tsc', ['-p', 'tooling/types/tsconfig.json', '--pretty', 'false'], { encoding: 'utf8' });
const complaints = new Set(
  (stdout ?? '').split('\n').flatMap((line) => {
    const match = /^([^\s(][^(]*)\(\d+,\d+\): error /.exec(line);
    return match === null ? [] : [match[1]];
  }),
);
if (status !== 0) process.stdout.write(stdout ?? 'tsc did not start\n');

const broken = files.filter((file) => complaints.has(file)).length;
// What the compiler says about other files, or a compiler that does not start, keeps the types from meaning anything: one
// failure more.
const failed = broken + Number(status !== 0 && (broken === 0 || complaints.size > broken));
const passed = files.length - broken;
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
