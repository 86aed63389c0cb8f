import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

/** The declarations that these lead to, themselves included. */
export function reachableDeclarations(entries) {
  const found = new Set(entries);
  // A set goes on over what is added to it meanwhile.
  for (const file of found) {
    for (const specifier of specifiersIn(file)) {
      if (specifier.startsWith('.')) found.add(join(dirname(file), specifier.replace(/\.js$/, '.d.ts')));
    }
  }
  return found;
}

/** What a file imports, as it is written there. */
export function specifiersIn(file) {
  return ts.preProcessFile(readFileSync(file, 'utf8'), true, true).importedFiles.map(({ fileName }) => fileName);
}
