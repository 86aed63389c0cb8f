import { statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * The folders with packages that a file in one of `places` sees: `node_modules` there and further up, nearest first, those
 * of the first place before those of the second.
 */
export function moduleFolders(places: readonly string[]): string[] {
  const found = new Set<string>();
  for (const place of places) {
    for (let folder = place; ; folder = dirname(folder)) {
      const modules = basename(folder) === 'node_modules' ? folder : join(folder, 'node_modules');
      if (statSync(modules, { throwIfNoEntry: false })?.isDirectory() === true) found.add(modules);
      if (dirname(folder) === folder) break;
    }
  }
  return [...found];
}
