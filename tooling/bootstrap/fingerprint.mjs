/** Short texts that change when an install or a build would come out differently. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const parents = ['packages', 'apps', 'tests', 'tooling'];
const skipped = new Set(['node_modules', 'dist', 'etc', 'temp', '.turbo', 'coverage']);

/** Depends on the content of the lockfile and of all manifests. */
export function fingerprintOfInstall(root) {
  const hash = createHash('sha256').update(process.version);
  const files = [
    'pnpm-lock.yaml',
    'pnpm-workspace.yaml',
    '.npmrc',
    'package.json',
    ...folders(root).map((folder) => join(folder, 'package.json')),
  ];
  for (const file of files) hash.update(file).update(contentOf(join(root, file)));
  return hash.digest('hex');
}

/** Depends on name, size and time of all that is built; turbo looks at the content. */
export function fingerprintOfSources(root) {
  const hash = createHash('sha256');
  for (const parent of parents) addFolder(hash, root, parent);
  return hash.digest('hex');
}

/** The `dist` of every package and app. */
export function builtFolders(root) {
  return folders(root)
    .filter((folder) => /^(packages|apps)\b/.test(folder) && existsSync(join(root, folder, 'tsup.config.ts')))
    .map((folder) => join(root, folder, 'dist'));
}

function folders(root) {
  const nested = ['packages', 'apps', 'tests'].flatMap((parent) =>
    namesIn(join(root, parent)).map((name) => join(parent, name)),
  );
  return [...nested, 'benchmarks'].filter((folder) => existsSync(join(root, folder, 'package.json')));
}

function namesIn(folder) {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

function addFolder(hash, root, folder) {
  if (!existsSync(join(root, folder))) return;
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    if (skipped.has(entry.name)) continue;
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      addFolder(hash, root, path);
    } else if (!/\.test(-d)?\.ts$/.test(entry.name)) {
      const { mtimeMs, size } = statSync(join(root, path));
      hash.update(`${path} ${size} ${mtimeMs}\n`);
    }
  }
}

function contentOf(file) {
  return existsSync(file) ? readFileSync(file) : '';
}
