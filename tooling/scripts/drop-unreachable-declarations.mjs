/**
 * Removes the declarations from `dist` that none of the package's `exports` leads to: nobody can use them, and everybody
 * would install them. Runs in a package's folder, after its build.
 */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { globFilesEverywhere } from './glob-files.mjs';
import { reachableDeclarations } from './reachable-declarations.mjs';

const { exports = {} } = JSON.parse(readFileSync('package.json', 'utf8'));
const entries = Object.values(exports).flatMap(({ types }) => (types === undefined ? [] : [join(types)]));
const reachable = reachableDeclarations(entries);
for (const file of globFilesEverywhere('dist', (path) => path.endsWith('.d.ts'))) {
  if (!reachable.has(join(file))) rmSync(file);
}
