import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { badValue } from '../values/byte-source.js';
import { kindOfFile } from './file-kinds.js';
import type { PackageInfo } from './file-kinds.js';
import { loadError } from './load-errors.js';
import { INTEROP } from './package-references.js';
import { referenceText } from './references.js';
import type { Reference } from './references.js';
import { candidateRoots, isBareSpecifier, isBuiltinSpecifier, resolvePackage } from './resolve-package.js';

/** Where packages of this process are looked for. */
export interface PackagePlaces {
  /** Folder from which packages resolve. */
  readonly root: string;
  /** Further folders, tried last: where this library itself lies. */
  readonly fallbacks: readonly string[];
}

/** Loads what functions refer to: exports of packages and of Node, from this process's own places. */
export class PackageLoader {
  readonly #places: PackagePlaces;
  readonly #require: NodeJS.Require;

  constructor(places: PackagePlaces) {
    this.#places = places;
    this.#require = createRequire(join(places.root, 'noop.js'));
  }

  /** A `require` as tasks have it. */
  get require(): NodeJS.Require {
    return this.#require;
  }

  /**
   * Loads one thing.
   * @throws {@link ProtocolError} `GRID_PROTOCOL_FUNCTION_LOAD` if the package, its version or the export is not here
   */
  async load(reference: Reference): Promise<unknown> {
    if (reference.kind === 'builtin') return this.#follow(reference, this.#loadBuiltin(reference));
    const file = this.#find(reference);
    return this.#follow(reference, await loadFile(file, reference.kind));
  }

  /** What `import(…)` inside a task does. */
  async importFromTask(specifier: string, hint: string): Promise<unknown> {
    if (isBuiltinSpecifier(specifier)) return import(specifier);
    if (!isBareSpecifier(specifier)) {
      if (specifier.startsWith('/') || specifier.startsWith('file:') || specifier.startsWith('data:'))
        return import(specifier);
      throw loadError(
        'NOPKG',
        `cannot import '${specifier}' inside a task: a relative path means nothing on a worker`,
        { specifier },
      );
    }
    for (const folder of this.#folders(hint)) {
      const file = resolvePackage(specifier, folder, 'esm');
      if (file !== undefined) return import(pathToFileURL(file).href);
    }
    throw this.#missing(specifier, '');
  }

  #loadBuiltin({ specifier }: Reference): unknown {
    if (!isBuiltinSpecifier(specifier)) throw badValue(`'${specifier}' is no module of Node`);
    return this.#require(specifier);
  }

  #find(reference: Reference): string {
    const kind = reference.kind === 'cjs' ? 'cjs' : 'esm';
    const { specifier, pkg, version } = reference;
    for (const folder of this.#folders(reference.hint)) {
      const file =
        specifier === ''
          ? findInPackage(reference, folder)
          : (resolvePackage(specifier, folder, kind) ??
            resolvePackage(specifier, folder, kind === 'cjs' ? 'esm' : 'cjs'));
      if (file === undefined) continue;
      this.#checkVersion(reference, file);
      return file;
    }
    throw this.#missing(specifier === '' ? pkg : specifier, version);
  }

  *#folders(hint: string): Generator<string> {
    // The place of the importing file knows best, where that is the same machine.
    if (hint !== '' && existsSync(hint)) yield dirname(hint);
    yield this.#places.root;
    yield* this.#places.fallbacks;
  }

  #checkVersion({ pkg, version }: Reference, file: string): void {
    const found = kindOfFile(file);
    const here: PackageInfo | undefined = found.type === 'package' ? found.info : undefined;
    if (here === undefined || here.name !== pkg || majorOf(here.version) === majorOf(version)) return;
    throw loadError(
      'PKGVER',
      `package '${pkg}' is ${here.version} here under ${here.root} and ${version} where the function comes from; install the same version`,
      { pkg, wanted: version, found: here.version },
    );
  }

  #missing(what: string, version: string): Error {
    const wanted = version === '' ? '' : ` (${version} where the function comes from)`;
    return loadError(
      'NOPKG',
      `package '${what}'${wanted} is not installed here under ${this.#places.root}; install it on every worker`,
      {
        pkg: what,
        version,
        root: this.#places.root,
      },
    );
  }

  #follow(reference: Reference, module: unknown): unknown {
    let at = module;
    for (const key of reference.path) {
      if (key === INTEROP) {
        at = withDefault(at);
        continue;
      }
      if ((typeof at !== 'object' && typeof at !== 'function') || at === null || !(key in at)) {
        throw loadError('NOEXPORT', `'${referenceText(reference)}' has no export '${key}' here`, {
          reference: referenceText(reference),
        });
      }
      at = (at as Readonly<Record<string, unknown>>)[key];
    }
    return at;
  }
}

async function loadFile(file: string, kind: Reference['kind']): Promise<unknown> {
  if (kind === 'cjs' || /\.(?:json|cjs|node)$/.test(file)) {
    const exported: unknown = createRequire(file)(file);
    // Imported by `import`, a CommonJS module is its own default export.
    return kind === 'cjs' ? exported : import(pathToFileURL(file).href);
  }
  return import(pathToFileURL(file).href);
}

function findInPackage(reference: Reference, folder: string): string | undefined {
  if (reference.file.split('/').includes('..')) throw badValue('a file lies outside of its package');
  for (const root of candidateRoots(reference.pkg, folder)) {
    const file = join(root, ...reference.file.split('/'));
    if (existsSync(file)) return file;
  }
  return undefined;
}

/** The same that transpilers do when a module imports one that has no default export. */
function withDefault(module: unknown): unknown {
  if ((typeof module !== 'object' && typeof module !== 'function') || module === null) return { default: module };
  if ((module as { __esModule?: unknown }).__esModule === true) return module;
  return Object.create(module, { default: { value: module, enumerable: true } }) as object;
}

function majorOf(version: string): string {
  return version.split('.')[0] ?? '';
}
