/**
 * Writes what each package promises into `packages/<name>/etc/*.api.md`, one report for each path of its `exports`, or
 * compares it with what is checked in. Reads the declarations in `dist`: build first.
 *
 *   node tooling/api-report/main.mjs [--update] [package …]
 */
import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { publishedPackages } from '../scripts/packages.mjs';
import { writeReport } from './write-report.mjs';

const { values, positionals } = parseArgs({
  options: { update: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const packages = publishedPackages(['packages']).filter(
  ({ folder }) => positionals.length === 0 || positionals.includes(folder.replace('packages/', '')),
);

let failed = 0;
for (const { folder, manifest } of packages) {
  const wanted = reportsOf(folder, manifest);
  for (const report of wanted) failed += check(report, writeReport(report, values.update));
  const names = wanted.map(({ name }) => `${name}.api.md`);
  for (const file of existsSync(`${folder}/etc`) ? readdirSync(`${folder}/etc`) : []) {
    if (!file.endsWith('.api.md') || names.includes(file)) continue;
    failed += 1;
    process.stderr.write(`${folder}/etc/${file} is of no path in exports: remove it\n`);
  }
}
process.exitCode = failed === 0 ? 0 : 1;

function reportsOf(folder, { exports }) {
  const short = folder.replace('packages/', '');
  return Object.entries(exports).flatMap(([path, target]) => {
    // What the simulation looks at is the inside of a core, which is promised to nobody.
    if (target.types === undefined || path === './simulation') return [];
    return [
      {
        name: path === '.' ? short : `${short}.${path.slice(2).replaceAll('/', '.')}`,
        folder,
        entry: resolve(folder, target.types),
      },
    ];
  });
}

function check({ name, folder }, { changed, messages }) {
  for (const message of messages) process.stderr.write(`${folder}: ${message}\n`);
  if (!changed) return messages.length > 0 ? 1 : 0;
  if (values.update) {
    process.stdout.write(`${folder}/etc/${name}.api.md updated\n`);
    return messages.length > 0 ? 1 : 0;
  }
  process.stderr.write(
    `${folder}/etc/${name}.api.md differs from what the package exports: run pnpm api:update, and review the diff\n`,
  );
  return 1;
}
