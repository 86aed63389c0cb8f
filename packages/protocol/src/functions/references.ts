import type { LoadKind } from './resolve-package.js';

/** Something that every process loads for itself instead of receiving it: an export of a package or of Node. */
export interface Reference {
  readonly kind: LoadKind | 'builtin';
  /** As the user wrote it: `lodash`, `lodash-es/sum.js`, `node:path`. Empty if {@link Reference.file} says where it is. */
  readonly specifier: string;
  /** Path inside the package, for what was not found through an import. */
  readonly file: string;
  /** Properties to follow from the module; none for all of it. */
  readonly path: readonly string[];
  /** Package and its version on the side that sends; empty for Node's own modules. */
  readonly pkg: string;
  readonly version: string;
  /** File that imported it on the side that sends: on the same machine the package is found from there. */
  readonly hint: string;
}

/** What makes two references the same thing, wherever they were written. */
export function referenceIdentity(reference: Reference): string {
  const { kind, specifier, file, path, pkg, version } = reference;
  return JSON.stringify([kind, specifier, file, path, pkg, version]);
}

/** What to call a reference in a text: `lodash/map`, `node:path.join`. */
export function referenceText(reference: Reference): string {
  const base = reference.specifier === '' ? `${reference.pkg}/${reference.file}` : reference.specifier;
  return [base, ...reference.path].join('.');
}
