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

/** Where a reference leads, without the part of it: `lodash@4.17.21`, `node:path`. */
export function referenceSource({ pkg, version, specifier }: Reference): string {
  return pkg === '' ? specifier : `${pkg}@${version}`;
}

/** A reference for people who want to know what is loaded: `sortBy of lodash@4.17.21`, `node:path`. */
export function referenceLabel(reference: Reference): string {
  const { specifier, pkg, version, path } = reference;
  const inside = specifier.startsWith(`${pkg}/`) ? specifier.slice(pkg.length) : '';
  const source = pkg === '' ? specifier : `${pkg}@${version}${inside}`;
  // Names that only loaders know mean the module itself.
  const named = path.filter((name) => name !== 'default' && !name.startsWith('#'));
  return named.length === 0 ? source : `${named.join('.')} of ${source}`;
}

/** What to call a reference in a text: `lodash/map`, `node:path.join`. */
export function referenceText(reference: Reference): string {
  const base = reference.specifier === '' ? `${reference.pkg}/${reference.file}` : reference.specifier;
  return [base, ...reference.path].join('.');
}
