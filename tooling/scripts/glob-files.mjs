import { existsSync, readdirSync } from 'node:fs';

const made = new Set(['node_modules', 'dist', 'temp', 'coverage', '.turbo']);

/** Paths under the folders, in order of name, for which `wanted` holds. Leaves out what tools have made. */
export function globFiles(folders, wanted) {
  return folders.flatMap((folder) => walk(folder, wanted, made));
}

/** The same for one folder, with nothing left out. */
export function globFilesEverywhere(folder, wanted) {
  return walk(folder, wanted, new Set());
}

function walk(folder, wanted, skipped) {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : walk(path, wanted, skipped);
    return wanted(path) ? [path] : [];
  });
}
