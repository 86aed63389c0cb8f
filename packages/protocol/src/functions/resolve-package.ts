import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, parse as parsePath } from 'node:path';

type Target = string | null | readonly Target[] | { readonly [condition: string]: Target };

interface Manifest {
  readonly name?: string;
  readonly exports?: Target;
  readonly imports?: Readonly<Record<string, Target>>;
  readonly main?: string;
}

/** Which way of loading decides between the files that a package offers. */
export type LoadKind = 'esm' | 'cjs';

/** Tells whether a specifier names one of Node's own modules. */
export function isBuiltinSpecifier(specifier: string): boolean {
  return specifier.startsWith('node:') || builtinModules.includes(specifier);
}

/** Tells whether a specifier names a package or a part of one. */
export function isBareSpecifier(specifier: string): boolean {
  return (
    !/^(?:\.{0,2}[\\/]|[A-Za-z]:[\\/]|[a-z][a-z+.-]+:|#)/.test(specifier) && specifier !== '.' && specifier !== '..'
  );
}

/** The package that a bare specifier names: `@scope/lib` of `@scope/lib/sub`. */
export function packageNameOf(specifier: string): string {
  const [scope = '', name = ''] = specifier.split('/');
  return scope.startsWith('@') ? `${scope}/${name}` : scope;
}

/**
 * Finds the file behind a bare specifier as Node would from a folder: up through `node_modules`, by the `exports` of the
 * manifest. Node's own resolvers either know only one way of loading or ask for a flag to start from elsewhere.
 *
 * @returns the real path, or `undefined` if nothing is there
 */
export function resolvePackage(specifier: string, fromFolder: string, kind: LoadKind): string | undefined {
  const match = /^((?:@[^/]+\/)?[^/]+)(\/.*)?$/.exec(specifier);
  if (match === null) return undefined;
  const [, name = '', rest = ''] = match;
  for (const root of candidateRoots(name, fromFolder)) {
    const manifest = readJson(join(root, 'package.json'));
    if (manifest === undefined && !existsSync(root)) continue;
    const file = fileOf(root, manifest ?? {}, `.${rest}`, kind);
    if (file !== undefined) return realpathSync(file);
  }
  return undefined;
}

/** Folders in which a package of that name may be, nearest first. */
export function* candidateRoots(name: string, fromFolder: string): Generator<string> {
  let isFirstManifest = true;
  for (let folder = fromFolder; ; folder = dirname(folder)) {
    const manifest = isFirstManifest ? readJson(join(folder, 'package.json')) : undefined;
    if (manifest !== undefined) {
      isFirstManifest = false;
      // A package may import itself by its name.
      if (manifest.name === name && manifest.exports !== undefined) yield folder;
    }
    if (parsePath(folder).base !== 'node_modules') yield join(folder, 'node_modules', ...name.split('/'));
    if (dirname(folder) === folder) return;
  }
}

function readJson(file: string): Manifest | undefined {
  if (!existsSync(file)) return undefined;
  // A manifest that is no object has none of the fields that are read.
  return JSON.parse(readFileSync(file, 'utf8')) as Manifest;
}

function fileOf(root: string, manifest: Manifest, subpath: string, kind: LoadKind): string | undefined {
  if (manifest.exports !== undefined) {
    const target = exportTarget(manifest.exports, subpath, kind);
    return target === undefined ? undefined : existing(join(root, target));
  }
  const base = subpath === '.' ? join(root, manifest.main ?? 'index.js') : join(root, subpath);
  return (
    existing(base) ??
    existing(`${base}.js`) ??
    existing(`${base}.cjs`) ??
    existing(`${base}.json`) ??
    existing(join(base, 'index.js'))
  );
}

function existing(file: string): string | undefined {
  return statSync(file, { throwIfNoEntry: false })?.isFile() === true ? file : undefined;
}

function exportTarget(exports: Target, subpath: string, kind: LoadKind): string | undefined {
  const isMap = typeof exports === 'object' && exports !== null && !Array.isArray(exports);
  const keys = isMap ? Object.keys(exports) : [];
  if (!keys.some((key) => key.startsWith('.'))) return subpath === '.' ? pick(exports, kind, '') : undefined;
  const map = exports as Readonly<Record<string, Target>>;
  if (subpath in map && !subpath.includes('*')) return pick(map[subpath] ?? null, kind, '');
  // The longest pattern that fits wins.
  const patterns = keys.filter((key) => key.includes('*') || key.endsWith('/')).sort((a, b) => b.length - a.length);
  for (const pattern of patterns) {
    const [before = '', after = ''] = pattern.endsWith('/') ? [pattern, ''] : pattern.split('*');
    if (!subpath.startsWith(before) || !subpath.endsWith(after) || subpath.length < before.length + after.length)
      continue;
    return pick(map[pattern] ?? null, kind, subpath.slice(before.length, subpath.length - after.length));
  }
  return undefined;
}

function pick(target: Target, kind: LoadKind, star: string): string | undefined {
  if (typeof target === 'string')
    return target.includes('*') ? target.replaceAll('*', star) : target.endsWith('/') ? target + star : target;
  if (target === null) return undefined;
  if (Array.isArray(target)) {
    for (const item of target as readonly Target[]) {
      const found = pick(item, kind, star);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  for (const [condition, value] of Object.entries(target)) {
    if (!isActive(condition, kind)) continue;
    const found = pick(value, kind, star);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isActive(condition: string, kind: LoadKind): boolean {
  if (condition === 'default' || condition === 'node' || condition === 'node-addons') return true;
  if (condition === (kind === 'esm' ? 'import' : 'require')) return true;
  return process.execArgv.some((argument, i, all) => {
    return (
      argument === `--conditions=${condition}` || (/^(?:-C|--conditions)$/.test(argument) && all[i + 1] === condition)
    );
  });
}
