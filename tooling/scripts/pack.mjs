/** Packs every published package, as a release would, into `temp/tarballs`. Build first. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { publishedPackages } from './packages.mjs';

const folder = `${process.cwd()}/temp/tarballs`;
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const filters = publishedPackages().flatMap(({ manifest }) => ['--filter', manifest.name]);
const { status, stdout, stderr } = spawnSync(
  'pnpm',
  ['--recursive', ...filters, 'pack', '--pack-destination', folder, '--json'],
  {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  },
);
if (status !== 0) process.stderr.write(`${stdout}${stderr}`);
process.exitCode = status ?? 1;
