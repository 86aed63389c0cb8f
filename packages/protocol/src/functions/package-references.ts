import { createRequire } from 'node:module';
import { dirname, isAbsolute, relative, sep } from 'node:path';
import { types } from 'node:util';
import type { CallableValue } from '../values/callable-value.js';
import { filePath, kindOfFile } from './file-kinds.js';
import type { FileKind, PackageInfo } from './file-kinds.js';
import type { Parser } from './load-parser.js';
import { ModuleExports } from './module-exports.js';
import { builtinReference } from './node-exports.js';
import type { ImportOrigin } from './read-script.js';
import type { Reference } from './references.js';
import { importedFile } from './transpiler-names.js';
import { isBareSpecifier, isBuiltinSpecifier, resolvePackage } from './resolve-package.js';

/** First part of a path: what transpilers make of a CommonJS module so that it looks like one with a default export. */
export const INTEROP = '#interop';

/** How many exports of a module are looked through for a function. */
const MAX_EXPORTS = 5000;

/** Finds out what in a program comes from installed packages, and how another process gets the same. */
export class PackageReferences {
  readonly #origins = new Map<string, PackageInfo | 'builtin' | undefined>();
  readonly #require = createRequire(import.meta.url);
  readonly #moduleExports: ModuleExports;
  readonly #byFunction = new WeakMap<CallableValue, Reference>();

  constructor(parser: () => Parser) {
    this.#moduleExports = new ModuleExports(parser);
  }

  /**
   * The reference behind a variable that a script imports, or `undefined` if that leads to the user's own code.
   * @param importer - URL or path of the script
   */
  fromImport(origin: ImportOrigin, importer: string, value: unknown): Reference | undefined {
    if (isAbsolute(origin.specifier)) return fromAbsolute(origin, importer, value);
    const package_ = this.#packageOf(origin, importer);
    if (package_ === undefined) return undefined;
    const path = exportPath(origin, value);
    if (package_ === 'builtin') return builtinReference(origin.specifier, path);
    const { name, version } = package_;
    const hint = filePath(importer) ?? '';
    return { kind: origin.kind, specifier: origin.specifier, file: '', path, pkg: name, version, hint };
  }

  /**
   * The reference to a function that lies in a file of a package, if that file exports it.
   * @param variables - those of the module, if it is an ES module
   */
  fromFile(
    fn: CallableValue,
    { file, info }: Extract<FileKind, { type: 'package' }>,
    variables: Readonly<Record<string, unknown>> | undefined,
  ): Reference | undefined {
    const known = this.#byFunction.get(fn);
    if (known !== undefined) return known;
    const exported = variables === undefined ? undefined : this.#moduleExports.find(file, variables, fn);
    const found = exported === undefined ? this.#findLoaded(file, fn) : { kind: 'esm' as const, path: [exported] };
    if (found === undefined) return undefined;
    const reference: Reference = { ...found, specifier: '', hint: file, ...insidePackage(file, info) };
    this.#byFunction.set(fn, reference);
    return reference;
  }

  #findLoaded(file: string, fn: CallableValue): Pick<Reference, 'kind' | 'path'> | undefined {
    const module = this.#loadedModule(file);
    const path = module === undefined ? undefined : findExport(module.exported, fn);
    return module === undefined || path === undefined ? undefined : { kind: module.kind, path };
  }

  #packageOf(origin: ImportOrigin, importer: string): PackageInfo | 'builtin' | undefined {
    const { specifier, kind } = origin;
    if (isBuiltinSpecifier(specifier)) return 'builtin';
    const file = filePath(importer);
    if (file === undefined || !isBareSpecifier(specifier)) return undefined;
    const key = `${kind} ${specifier} ${dirname(file)}`;
    if (!this.#origins.has(key)) this.#origins.set(key, resolvedPackage(specifier, dirname(file), kind));
    return this.#origins.get(key);
  }

  /** What a file of a package exports. It has been loaded already, since the function that lies in it is here. */
  #loadedModule(file: string): { readonly exported: unknown; readonly kind: 'esm' | 'cjs' } | undefined {
    const cached = this.#require.cache[file];
    try {
      const exported: unknown = cached === undefined ? this.#require(file) : cached.exports;
      // ES modules that somebody required are among the cached ones too.
      return { exported, kind: cached === undefined || types.isModuleNamespaceObject(exported) ? 'esm' : 'cjs' };
    } catch (error) {
      // A module that awaits at top level cannot be had at once; the function is then refused with a way out.
      void error;
      return undefined;
    }
  }
}

/** The reference to a module of a package that is imported by its whole path, as test runners do. */
function fromAbsolute(
  { specifier, exported, kind }: ImportOrigin,
  importer: string,
  value: unknown,
): Reference | undefined {
  const found = kindOfFile(importedFile(specifier, filePath(importer) ?? ''));
  if (found.type !== 'package') return undefined;
  const { file, info } = found;
  // Vite puts a proxy around modules of CommonJS, which gives them a default export.
  const isInterop = types.isProxy(value);
  const path = exported === '*' ? (isInterop ? [INTEROP] : []) : [exported];
  return { kind: isInterop ? 'cjs' : kind, specifier: '', path, hint: file, ...insidePackage(file, info) };
}

function insidePackage(
  file: string,
  { root, name, version }: PackageInfo,
): Pick<Reference, 'file' | 'pkg' | 'version'> {
  return { file: relative(root, file).split(sep).join('/'), pkg: name, version };
}

function resolvedPackage(specifier: string, folder: string, kind: 'esm' | 'cjs'): PackageInfo | undefined {
  const file =
    resolvePackage(specifier, folder, kind) ?? resolvePackage(specifier, folder, kind === 'esm' ? 'cjs' : 'esm');
  if (file === undefined) return undefined;
  const found = kindOfFile(file);
  return found.type === 'package' ? found.info : undefined;
}

function exportPath({ exported, kind, specifier }: ImportOrigin, value: unknown): readonly string[] {
  if (exported !== '*') {
    // Node's own modules are their default export.
    return exported === 'default' && isBuiltinSpecifier(specifier) ? [] : [exported];
  }
  const wrapped = typeof value === 'object' && value !== null && 'default' in value;
  return wrapped && (kind === 'cjs' || isBuiltinSpecifier(specifier)) ? [INTEROP] : [];
}

function findExport(exported: unknown, wanted: unknown): string[] | undefined {
  if (exported === wanted) return [];
  const first = findMember(exported, wanted);
  if (first !== undefined) return [first];
  const inner: unknown = isContainer(exported) ? (exported as { default?: unknown }).default : undefined;
  const second = inner === undefined ? undefined : findMember(inner, wanted);
  return second === undefined ? undefined : ['default', second];
}

function findMember(container: unknown, wanted: unknown): string | undefined {
  if (!isContainer(container)) return undefined;
  return Object.getOwnPropertyNames(container)
    .slice(0, MAX_EXPORTS)
    .find((key) => valueOf(container, key) === wanted);
}

/** Exports of transpiled modules are getters; those of this file have run before, as the program uses it. */
function valueOf(container: object, key: string): unknown {
  try {
    return (container as Readonly<Record<string, unknown>>)[key];
  } catch {
    return undefined;
  }
}

function isContainer(value: unknown): value is object {
  return (typeof value === 'object' || typeof value === 'function') && value !== null;
}
