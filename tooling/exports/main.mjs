/**
 * Looks at every packed package as a stranger would: publint for the manifest, attw for the types, and our own eyes for
 * imports of modules that the package does not depend on. Pack first. Ends with `N passed, N failed`, one a package.
 */
import { spawn } from 'node:child_process';
import { publishedPackages, tarballOf } from '../scripts/packages.mjs';
import { foreignImports } from './foreign-imports.mjs';

const packages = publishedPackages();
const results = await Promise.all([
  examineEach(packages.filter((_, i) => i % 2 === 0)),
  examineEach(packages.filter((_, i) => i % 2 === 1)),
]);
const problems = results.flat();
for (const { name, texts } of problems) if (texts.length > 0) process.stderr.write(`${name}\n${texts.join('\n')}\n\n`);
const failed = problems.filter(({ texts }) => texts.length > 0).length;
process.stdout.write(`${problems.length - failed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

async function examineEach(some) {
  const found = [];
  for (const { folder, manifest } of some) found.push({ name: manifest.name, texts: await examine(folder, manifest) });
  return found;
}

async function examine(folder, manifest) {
  const tarball = tarballOf(manifest);
  const commands = [
    ['publint', 'run', tarball, '--strict'],
    // Every package is ESM only, which is what the other resolutions would complain about.
    [
      'attw',
      tarball,
      '--profile',
      'esm-only',
      '--format',
      'ascii',
      '--no-summary',
      '--no-emoji',
      '--no-color',
      '--no-definitely-typed',
    ],
  ];
  const texts = foreignImports(folder, manifest);
  for (const command of commands) {
    const { code, output } = await run(command);
    if (code !== 0) texts.push(output.trim());
  }
  return texts;
}

function run([file, ...args]) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    child.on('error', (error) => resolve({ code: 1, output: error.message }));
    child.on('close', (code) => resolve({ code, output: Buffer.concat(chunks).toString('utf8') }));
  });
}
