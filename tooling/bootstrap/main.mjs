/**
 * What `npm run demo` and `npm test` start: works with Node and npm alone, in a fresh clone.
 *
 *   node tooling/bootstrap/main.mjs run <file> [arguments]   installs and builds what changed, then runs the file
 *   node tooling/bootstrap/main.mjs verify [arguments]       the same, then `tooling/verify`
 *   node tooling/bootstrap/main.mjs                          installs and builds only
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import { pnpmExec, prepare } from './prepare.mjs';

const [command, ...rest] = process.argv.slice(2);
// Verify builds as one of its steps, so that a build that fails is counted and the rest still runs.
const status = prepare({ build: command !== 'verify' });
if (status !== 0) {
  if (command === 'verify') process.stdout.write('0 passed, 1 failed\n');
  process.exit(status);
}

if (command === 'run') {
  const [file, ...args] = rest;
  // In this process: nothing stands between the program and the terminal or its signals.
  process.argv = [process.argv[0], resolve(file), ...args.filter((arg, index) => !(index === 0 && arg === '--'))];
  await import(pathToFileURL(process.argv[1]).href);
} else if (command === 'verify') {
  const [file, args] = pnpmExec(['node', 'tooling/verify/main.mjs', ...rest]);
  const child = spawn(file, args, { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
} else if (command !== undefined) {
  process.stderr.write(`unknown command "${command}": use run or verify\n`);
  process.exit(2);
}
