/**
 * Makes a package in a copy of the workspace's frame, and typechecks, formats, tests and builds it. Needs a built
 * `@grid/common`. Ends with `N passed, N failed`.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { resolve } from 'node:path';
import { createPackage } from './create-package.mjs';

const root = resolve('temp/new-package');
rmSync(root, { recursive: true, force: true });
for (const folder of ['jest', 'layers', 'scripts', 'tsconfig', 'tsup'])
  cpSync(`tooling/${folder}`, `${root}/tooling/${folder}`, { recursive: true });
mkdirSync(`${root}/node_modules/@grid`, { recursive: true });
mkdirSync(`${root}/packages/common`, { recursive: true });
cpSync('packages/common/package.json', `${root}/packages/common/package.json`);
symlinkSync(resolve('packages/common'), `${root}/node_modules/@grid/common`);
createPackage(root, { name: 'made-here', uses: ['common', 'graph'], description: 'Is made to be checked.' });

const folder = `${root}/packages/made-here`;
const manifest = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
let failed = 0;
const checks = ['typecheck', 'test:unit', 'build'];
for (const name of checks) {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', manifest.scripts[name]], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${resolve('node_modules/.bin')}:${process.env.PATH}` },
  });
  if (status === 0) continue;
  failed += 1;
  process.stderr.write(`a new package fails at ${name}\n${stdout}${stderr}\n`);
}
if (failed === 0) rmSync(root, { recursive: true });
process.stdout.write(`${checks.length - failed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
