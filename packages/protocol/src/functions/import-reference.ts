import { builtinReference } from './node-exports.js';
import type { Reference } from './references.js';
import { isBareSpecifier, isBuiltinSpecifier, packageNameOf } from './resolve-package.js';
import type { ImportTask } from './task-description.js';

/** The reference to an export of a module that the other side has, in whichever version. */
export function importReference({ specifier, exportName }: ImportTask): Reference {
  // Node's own modules are their default export.
  if (isBuiltinSpecifier(specifier)) return builtinReference(specifier, exportName === 'default' ? [] : [exportName]);
  const pkg = isBareSpecifier(specifier) ? packageNameOf(specifier) : '';
  return { kind: 'esm', specifier, file: '', path: [exportName], pkg, version: '', hint: '' };
}
