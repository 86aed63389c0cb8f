/**
 * Runs what `steps.mjs` lists, two cores at a time, and ends with the line `N passed, N failed`.
 *
 *   --only a,b    these steps, and those they need
 *   --skip a,b    all but these
 *   --list        prints the names
 */
import { existsSync, mkdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { runStep } from './run-step.mjs';
import { runInOrder } from './run-in-order.mjs';
import { steps } from './steps.mjs';

const { values } = parseArgs({
  options: { only: { type: 'string' }, skip: { type: 'string' }, list: { type: 'boolean', default: false } },
});
const chosen = choose(values);
if (values.list) {
  process.stdout.write(`${chosen.map(({ name }) => name).join('\n')}\n`);
  process.exit(0);
}

mkdirSync('temp/verify', { recursive: true });
process.env.PATH = `${process.cwd()}/node_modules/.bin:${process.env.PATH}`;
const started = Date.now();
const results = await runInOrder(chosen, runStep, report);
const passed = results.reduce((sum, result) => sum + result.passed, 0);
const failed = results.reduce((sum, result) => sum + result.failed, 0);
const broken = results.filter((result) => result.failed > 0).map((result) => result.name);
process.stdout.write(
  `\n${seconds(Date.now() - started)} in all${broken.length > 0 ? `; failed: ${broken.join(', ')}` : ''}\n`,
);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

function choose({ only, skip }) {
  const present = steps.filter(({ folder }) => folder === undefined || existsSync(folder));
  const skipped = new Set(skip?.split(','));
  const unknown = [...(only?.split(',') ?? []), ...skipped].filter((name) => !steps.some((step) => step.name === name));
  if (unknown.length > 0) {
    process.stderr.write(`no step "${unknown[0]}": use ${steps.map(({ name }) => name).join(', ')}\n`);
    process.exit(2);
  }
  const wanted = new Set(only?.split(',') ?? present.map(({ name }) => name));
  // Last to first: what a step needs stands before it.
  for (const { name, needs } of steps.toReversed()) if (wanted.has(name) && needs !== undefined) wanted.add(needs);
  return present.filter(({ name }) => wanted.has(name) && !skipped.has(name));
}

function report({ name, passed, failed, millis, output }) {
  const count = passed + failed > 1 ? `  ${passed} passed${failed > 0 ? `, ${failed} failed` : ''}` : '';
  process.stdout.write(
    `${failed === 0 ? 'ok    ' : 'FAILED'} ${name.padEnd(12)} ${seconds(millis).padStart(8)}${count}\n`,
  );
  if (failed > 0) process.stdout.write(`${output.trimEnd().replaceAll(/^/gm, '    ')}\n\n`);
}

function seconds(millis) {
  return `${(millis / 1000).toFixed(1)} s`;
}
