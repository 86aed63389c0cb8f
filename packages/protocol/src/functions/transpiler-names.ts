import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AnyNode } from 'acorn';

/* Names that transpilers and test runners put into a user's code. */

/** What vite makes of `import(…)`. */
export const VITE_IMPORT_FUNCTION = '__vite_ssr_dynamic_import__';

/** What vite makes of `import.meta`. */
export const VITE_IMPORT_META = '__vite_ssr_import_meta__';

/** Tells whether a variable is what vite makes of the imports of one module. */
export function isViteNamespace(name: string): boolean {
  return /^__vite_ssr_import_\d+__$/.test(name);
}

/**
 * The file that an absolute path means in an import. Vite writes paths that begin at the root of the program, which lies
 * somewhere above the importing file, and others with a prefix.
 */
export function importedFile(specifier: string, importer: string): string {
  const file = specifier.replace(/^\/@fs(?=\/)/, '');
  if (file !== specifier || existsSync(file)) return file;
  for (let folder = dirname(importer); folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, file))) return join(folder, file);
  }
  return file;
}

/** What a specifier of vite's stands for where it is written: paths from the root of the program are its own files. */
export function viteSpecifier(specifier: string): string {
  return /^\/(?!@fs\/|node_modules\/)/.test(specifier) ? `.${specifier}` : specifier;
}

/** Tells whether a node counts for istanbul how often code ran, as `cov_1x2y3z().s[4]++` does: nobody reads that on a worker. */
export function isCoverageCounter(node: AnyNode): boolean {
  if (node.type !== 'UpdateExpression') return false;
  let at: AnyNode = node.argument;
  while (at.type === 'MemberExpression' && at.object.type !== 'Super') at = at.object;
  return at.type === 'CallExpression' && at.callee.type === 'Identifier' && /^cov_[0-9a-z]+$/.test(at.callee.name);
}
