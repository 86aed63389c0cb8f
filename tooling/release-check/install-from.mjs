import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { publishedPackages, tarballOf } from '../scripts/packages.mjs';
import { run } from './run.mjs';

/**
 * Makes a folder whose only dependencies are the named packages, from their tarballs, and installs it with npm. What
 * they need of `@grid` comes from tarballs too, by `overrides`, as nothing of it is in a registry yet.
 */
export async function installFrom(folder, names) {
  const tarballs = new Map(
    publishedPackages().map(({ manifest }) => [manifest.name, `file:${resolve(tarballOf(manifest))}`]),
  );
  for (const [name, tarball] of tarballs) {
    if (!existsSync(tarball.replace('file:', ''))) throw new TypeError(`${name} is not packed: run pnpm check:release`);
  }
  mkdirSync(folder, { recursive: true });
  const dependencies = Object.fromEntries(names.map((name) => [name, tarballs.get(name)]));
  // npm refuses an override that differs from a direct dependency, so a direct one is referred to.
  const overrides = Object.fromEntries(
    [...tarballs].map(([name, tarball]) => [name, names.includes(name) ? `$${name}` : tarball]),
  );
  const manifest = { name: 'somebody', version: '1.0.0', private: true, type: 'module', dependencies, overrides };
  writeFileSync(`${folder}/package.json`, JSON.stringify(manifest, null, 2));
  await run(folder, 'npm', [
    'install',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
    '--loglevel=error',
  ]);
}
